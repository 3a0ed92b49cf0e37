"""The small plots beside the timeline: rate, closes by code, message sizes, round trips. Pure: lines in tones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from wsinspect import text
from wsinspect.model import Side
from wsinspect.timeline.bins import above, bins, resampled
from wsinspect.timeline.sample import Sample
from wsinspect.timeline.shades import chart, lying
from wsinspect.timeline.survey import Surveyed
from wsinspect.ui.drawing.columns import Cell, Piece, fit
from wsinspect.ui.drawing.theme import Tone, severity_tone

GAP = 3
"""Cells between two plots that stand side by side."""

MEDIAN_WIDTH = 26
"""From this width on, in cells, there is room to say that a size is the median."""

ENDS = "Ends"
"""What closed, and what was never open because its upgrade was refused."""

WIDEST = 4
"""Cells that one value takes at most."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the plots show."""

    surveyed: Surveyed = field(default=Surveyed())
    number: int | None = None
    """The connection; None: none is chosen."""
    counts: Sequence[int] = ()
    """Its rows over its life, in equal stretches."""
    lasted_ns: int = 0
    sample: Sample | None = None
    """None: it is being read."""


Plot = Callable[[Facts, int, int], list[Cell]]
"""Lines of a plot for so many cells and lines."""


def page(facts: Facts, width: int, height: int, across: int) -> list[Cell]:
    """All plots as lines.

    Args:
        facts: what they show.
        width: cells.
        height: lines.
        across: how many stand side by side.
    """
    lines: list[Cell] = []
    rows = [PLOTS[at : at + across] for at in range(0, len(PLOTS), across)]
    each = (width - GAP * (across - 1)) // across
    for index, row in enumerate(rows):
        # What is left over goes to the first rows; a blank line stands between two.
        room = (height - (len(rows) - 1)) // len(rows) + (index < (height - (len(rows) - 1)) % len(rows))
        blocks = [plot(facts, each, room) for plot in row]
        if index:
            lines.append(())
        for line in range(room):
            shown: list[Piece] = []
            for place, block in enumerate(blocks):
                shown += [Piece(" " * GAP, "")] if place else []
                shown += fit(block[line] if line < len(block) else (), each)
            lines.append(shown)
    return lines[:height]


def rate(facts: Facts, width: int, height: int) -> list[Cell]:
    """Rows of the connection over its life."""
    counts = _columns(facts.counts, width)
    head = _head("Rate", f"peak {_rate_of(counts, facts.lasted_ns)}" if any(counts) else "", width)
    if not any(counts):
        return [head, _said("no messages yet" if facts.number is not None else "")]
    bars = _stretched(counts, width)
    return [head, *_chart(bars, height - 2), _ends("0", text.lifetime(facts.lasted_ns), len(bars))]


def _columns(counts: Sequence[int], width: int) -> tuple[int, ...]:
    """The counts in at most ``width`` columns of equally many."""
    # A column of more stretches than its neighbours would look like a burst.
    parts = next(
        (parts for parts in range(1, len(counts)) if len(counts) % parts == 0 and len(counts) <= parts * width), 1
    )
    return resampled(tuple(counts), len(counts) // parts)


def _rate_of(counts: Sequence[int], lasted_ns: int) -> str:
    per_second = max(counts) * len(counts) * 1e9 / max(1, lasted_ns)
    for unit, factor in (("s", 1), ("min", 60), ("h", 3600)):
        if per_second * factor >= 1 or unit == "h":
            value = per_second * factor
            return f"{text.count(round(value)) if value >= 100 else f'{value:.1f}'}/{unit}"
    return ""


def closes(facts: Facts, width: int, height: int) -> list[Cell]:
    """How the connections of the session ended."""
    surveyed = facts.surveyed
    codes = surveyed.codes
    of = f"newest {surveyed.looked_at:,}" if surveyed.is_sample else f"{surveyed.total:,}"
    said = f"{sum(one.count for one in codes):,} of {of}"
    counted = f"{said} connections"
    said = counted if len(counted) < width - len(ENDS) else said
    lines: list[Cell] = [_head(ENDS, said if surveyed.looked_at else "", width)]
    if not codes:
        return [*lines, _said("nothing has closed yet" if surveyed.total else "")]
    room = max(1, height - 1)
    shown = codes if len(codes) <= room else codes[: room - 1]
    labels = max((text.cells(one.outcome.label) for one in shown), default=0)
    numbers = max(len(f"{one.count:,}") for one in codes)
    bar = max(1, width - labels - numbers - 2)
    for one in shown:
        tone = severity_tone(one.outcome.severity)
        lines.append(
            [
                *fit([Piece(one.outcome.label, tone)], labels),
                Piece(f" {lying(one.count, codes[0].count, bar)} ", tone),
                Piece(f"{one.count:>{numbers},}", Tone.PLAIN),
            ]
        )
    if len(shown) < len(codes):
        rest = sum(one.count for one in codes[len(shown) :])
        lines.append(_said(f"{len(codes) - len(shown)} other ends: {rest:,}"))
    return lines


def sizes(facts: Facts, width: int, height: int) -> list[Cell]:
    """Sizes of the connection's messages, in steps of 1, 2, 5."""
    sample = facts.sample
    if sample is None or not sample.messages:
        return [_head("Message sizes", "", width), _said(_nothing(facts, "no messages"))]
    part = f"{sample.messages:,}" if sample.is_whole else f"newest {sample.messages:,}"
    found = bins([*sample.sizes[0], *sample.sizes[1]])
    counts = resampled([one.count for one in found], width)
    note = [Piece("median ", Tone.DIM)] if width >= MEDIAN_WIDTH else []
    for mark, tone, side in (("▲", Tone.UP, Side.CLIENT), ("▼", Tone.DOWN, Side.SERVER)):
        if sample.sizes[side]:
            note += [Piece(f"{mark} ", tone), Piece(f"{text.size(median_low(sample.sizes[side]))}  ", Tone.DIM)]
    bars = _stretched(counts, width, is_apart=True)
    axis = _ends(text.size(found[0].low), f"< {text.size(above(found[-1].low))}", max(len(bars), min(width, 16)))
    return [_head("Message sizes", part, width), *_chart(bars, height - 3), axis, note]


def round_trips(facts: Facts, width: int, height: int) -> list[Cell]:
    """How long each ping took to be answered, the newest on the right."""
    sample = facts.sample
    if sample is None or not (sample.round_trips or sample.unanswered):
        return [_head("Ping round trips", "", width), _said(_nothing(facts, "no pings"))]
    unanswered = f"{sample.unanswered} unanswered" if sample.unanswered else ""
    took = [trip.took_ns for trip in sample.round_trips]
    if not took:
        return [_head("Ping round trips", "", width), [Piece(unanswered, Tone.WARN)]]
    bars = _stretched(took[-width:], width, is_apart=True)
    note = [Piece(f"median {text.duration(median_low(took))}, worst {text.duration(max(took))}", Tone.DIM)]
    if unanswered:
        note += [Piece("  ", ""), Piece(unanswered, Tone.WARN)]
    part = f"{len(took):,}" if sample.is_whole else f"{len(took):,} in newest {sample.messages:,}"
    return [_head("Ping round trips", part, width), *_chart(bars, height - 2), note]


PLOTS: tuple[Plot, ...] = (rate, closes, sizes, round_trips)


def _nothing(facts: Facts, said: str) -> str:
    sample = facts.sample
    if facts.number is None or sample is None:
        return ""
    return said if sample.is_whole else f"{said} among the newest {sample.messages:,} messages"


def _head(title: str, said: str, width: int) -> Cell:
    room = width - len(title) - 1
    right = text.shorten(said, room) if room > 0 else ""
    return (Piece(title, Tone.STRONG), Piece(right.rjust(max(0, width - len(title))), Tone.DIM))


def _said(said: str) -> Cell:
    return (Piece(said, Tone.DIM),)


def _ends(left: str, right: str, width: int) -> Cell:
    return (Piece(left + right.rjust(max(0, width - len(left))), Tone.DIM),)


def _chart(values: Sequence[int], height: int) -> list[Cell]:
    return [(Piece(line, Tone.DOWN),) for line in chart(values, max(1, height))]


def _stretched(values: Sequence[int], width: int, *, is_apart: bool = False) -> list[int]:
    """Each value several times, as far as there is room; apart: with nothing between them."""
    each = max(1, min(WIDEST, width // max(1, len(values))))
    return [value if not is_apart or each == 1 or cell < each - 1 else 0 for value in values for cell in range(each)]
