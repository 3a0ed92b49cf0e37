"""How long a test waits for what must come."""

LIMIT_S = 60
"""Seconds after which waiting is given up. Nothing here takes long, whatever the machine is busy with: the limit only
keeps a test from waiting for ever, so it is one for all and generous."""
