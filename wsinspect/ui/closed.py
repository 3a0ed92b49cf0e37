"""What reading raises once the session was let go of; by itself, so that it costs nothing to know it."""

from __future__ import annotations


class Closed(Exception):
    """The session was let go of: there is nothing to ask any more."""
