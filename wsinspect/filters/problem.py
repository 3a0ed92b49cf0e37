"""What is wrong with a filter, and where."""

from __future__ import annotations

from wsinspect.errors import UsageError


class FilterError(UsageError):
    """The text is not a filter: which characters are wrong, and what was expected instead."""

    def __init__(self, message: str, at: int, length: int = 0, *, found: str = "") -> None:
        """Point at what is wrong.

        Args:
            message: the sentence: what was expected.
            at: position of the first wrong character in the text, from 0; the text's length for its end.
            length: how many characters are wrong; 0 where something is missing.
            found: what stands there instead, said at the end of the sentence; empty: nothing.
        """
        super().__init__(f"{message}, found '{found}'" if found else message)
        self.brief = message
        """The sentence for where the wrong characters are marked: without what was found."""
        self.at = at
        self.length = length
