"""The sentence over the timeline: at which age many connections closed, and how. Pure."""

from __future__ import annotations

from textual.content import Content

from wsinspect import codes, text
from wsinspect.diagnosis.ages import EndKind
from wsinspect.timeline.survey import Surveyed
from wsinspect.ui.drawing.theme import Tone


def sentence(surveyed: Surveyed) -> Content:
    """What is common to the ends of the connections, in one line."""
    sample = f" · the newest {surveyed.looked_at:,} connections looked at" if surveyed.is_sample else ""
    common = surveyed.common
    if common is not None:
        return Content.assemble(
            (f"{common.count:,} of {surveyed.closed:,} closed ", Tone.STRONG),
            (text.lifetime(common.age_ns), Tone.RELATED_STRONG),
            (" after opening", Tone.STRONG),
            (f": {_how(common.kind)}", Tone.PLAIN),
            (sample, Tone.DIM),
        )
    if not surveyed.closed:
        return Content.styled("no connection has closed yet" if surveyed.total else "", Tone.DIM)
    number = f"{surveyed.closed:,} closed"
    said = number if surveyed.closed < 3 else f"{number}, too few of them alike at one age for a timer"
    return Content.styled(said + sample, Tone.DIM)


def _how(kind: EndKind) -> str:
    who = kind.sender.label if kind.sender is not None else ""
    if kind.is_wire:
        return f"{kind.code} {codes.lookup(kind.code).name}" + (f", sent by the {who}" if who else "")
    if kind.code == 1005:
        return "a close frame without a code (1005)" + (f", sent by the {who}" if who else "")
    return f"no close frame ({kind.code})" + (f", ended by the {who}" if who else "")
