"""A saved session while it is played: the head, what is counted up to it, and what the player's line says."""
