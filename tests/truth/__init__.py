"""Real failures, played through the real relay with servers, clients and gateways of other authors.

``python -m tests.truth`` runs all of them and prints the score; a part of them runs inside pytest.
"""
