"""How fast and how large: one command per figure, side by side with what others use, ``python -m tests.benchmarks``.

Nothing here asserts a time. What a figure rests on is asserted: every message that was sent arrived, and was recorded.
"""
