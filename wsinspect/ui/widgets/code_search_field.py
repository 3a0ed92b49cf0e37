"""A field that leaves some printable keys to the screen around it."""

from __future__ import annotations

from textual.widgets import Input


class SearchField(Input):
    """Where a user types what to look for; the keys that walk related codes are not text."""

    PASSED_ON = frozenset({"left_square_bracket", "right_square_bracket"})

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key is text here."""
        return key not in self.PASSED_ON and super().check_consume_key(key, character)
