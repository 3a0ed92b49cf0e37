"""One direction of a connection that is being recorded."""

from __future__ import annotations

from wsinspect.model import SeenClose, Side, Traffic
from wsinspect.wire.rows import RowScanner


class Stream:
    """One direction: where its scanner stands, its totals, and what went by unrecorded."""

    __slots__ = (
        "close",
        "controls",
        "frame_ns",
        "largest",
        "last_ns",
        "lost",
        "lost_rows",
        "mask_bit",
        "messages",
        "row_ns",
        "rows",
    )

    def __init__(self, side: Side) -> None:
        self.rows = RowScanner()
        self.mask_bit = 0x80 if side is Side.CLIENT else 0
        self.row_ns = self.frame_ns = 0
        self.messages = self.controls = self.largest = self.last_ns = 0
        self.close: SeenClose | None = None
        self.lost = 0
        self.lost_rows = 0

    def traffic(self) -> Traffic:
        """Its totals, for the connection's record."""
        return Traffic(self.messages, self.controls, self.rows.at, self.largest, self.last_ns)

    def totals(self) -> tuple[int, int, int, int]:
        """Messages, control frames, the largest message, when the last byte came: for ``pack_totals``."""
        return self.messages, self.controls, self.largest, self.last_ns
