"""What is wrong with a filter, and where."""

from __future__ import annotations

from wsinspect.errors import UsageError


class FilterError(UsageError):
    """The text is not a filter: which characters are wrong, and what was expected instead."""

    def __init__(self, message: str, at: int, length: int = 0) -> None:
        """Point at what is wrong.

        Args:
            message: the sentence: what was expected, and what was found.
            at: position of the first wrong character in the text, from 0; the text's length for its end.
            length: how many characters are wrong; 0 where something is missing.
        """
        super().__init__(message)
        self.at = at
        self.length = length
