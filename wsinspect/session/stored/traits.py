"""What the rows of a segment are beside plain messages, in one number, so that most segments need not be searched.

The recorder meets every unusual row anyway; a reader that looks for a close frame, or for a text that fragments could
have cut in two, is told by these bits where there is none.
"""

from __future__ import annotations

from wsinspect.wire.rows import ScannedRow

EVENTS = 1
"""Events are among the rows."""

JOINED = 2
"""A message that came in several frames ends here."""

STRANGE_MASK = 4
"""A row begins with a frame that is masked where its sender should not, or is not where it should."""


def controls(opcode: int) -> int:
    """The bit that says that frames with this control opcode (8 to 15) end here."""
    return 1 << opcode


def traits_of(row: ScannedRow, mask_bit: int) -> int:
    """What is unusual about a row.

    Args:
        row: the row.
        mask_bit: 0x80 where its sender has to mask, else 0.
    """
    traits = JOINED if row.frames > 1 else 0
    if (row.second ^ mask_bit) & 0x80:
        traits |= STRANGE_MASK
    if row.first & 0x08:
        traits |= controls(row.first & 0x0F)
    return traits
