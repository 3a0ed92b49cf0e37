"""The evidence of a capture for and against two codes, one line a fact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from wsinspect import codes, text
from wsinspect.codes import Topic, from_key
from wsinspect.diagnosis import Evidence, Fact
from wsinspect.model import RowKind
from wsinspect.ui.close.closing import Weighing
from wsinspect.ui.drawing.theme import Tone

_GAP = 2
_MOST_NAMED = 3
_MESSAGES = (RowKind.TEXT, RowKind.BINARY)


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact, and where to look for it."""

    rows: tuple[int, ...]
    """Rows of the connection it rests on."""
    others: tuple[int, ...]
    """Other connections it rests on."""
    lines: tuple[Content, ...]

    @property
    def is_link(self) -> bool:
        """Whether there is something to jump to."""
        return bool(self.rows or self.others)


@dataclass(frozen=True, slots=True)
class _Found:
    """A fact with the codes it speaks for and against."""

    fact: Fact
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def label(self) -> Content:
        """Which of the two codes it speaks for, and which against."""
        parts = [("✔ for " + " and ".join(self.speaks_for), Tone.GOOD)] if self.speaks_for else []
        if self.against:
            word = "not " if self.speaks_for else "✘ against "
            parts.append((word + " and ".join(self.against), Tone.BAD))
        return Content.assemble(*[piece for at, part in enumerate(parts) for piece in ([", "] if at else []) + [part]])


def fact_rows(weighing: Weighing, evidence: Evidence, width: int, *, is_whole: bool) -> tuple[FactRow, ...]:
    """The facts, those that tell the two codes apart first.

    Args:
        weighing: what speaks for and against each of the two.
        evidence: what the facts rest on.
        width: cells in a line.
        is_whole: keep every word, in further lines where one is too short.
    """
    found = sorted(_merged(weighing), key=lambda one: not (one.speaks_for and one.against))
    labels = [one.label for one in found]
    places = [_place(one.fact, evidence) for one in found]
    label_width = max((label.cell_length for label in labels), default=0) + _GAP
    place_width = max((text.cells(place) for place in places), default=0)
    room = max(16, width - label_width - (place_width + _GAP if place_width else 0))
    return tuple(
        FactRow(one.fact.rows, one.fact.others, _lines(one.fact.said, label, place, (label_width, room), is_whole))
        for one, label, place in zip(found, labels, places, strict=True)
    )


def _lines(said: str, label: Content, place: str, widths: tuple[int, int], is_whole: bool) -> tuple[Content, ...]:
    label_width, room = widths
    words = Content(said)
    lines = words.wrap(room) if is_whole else [words.truncate(room, ellipsis=True)]
    first = label.pad_right(label_width - label.cell_length) + lines[0].rstrip()
    if place:
        gap = label_width + room + _GAP - first.cell_length
        first += Content.styled(" " * gap + place, Tone.DIM)
    return (first, *(Content(" " * label_width) + line for line in lines[1:]))


def _merged(weighing: Weighing) -> Iterable[_Found]:
    """Each fact once, in the order in which it was found."""
    found: dict[str, _Found] = {}
    for weighed in weighing:
        label = _short(from_key(weighed.topic))
        for fact in weighed.facts:
            was = found.get(fact.said, _Found(fact, (), ()))
            speaks_for = (*was.speaks_for, label) if fact.is_for else was.speaks_for
            against = was.against if fact.is_for else (*was.against, label)
            found[fact.said] = _Found(fact, speaks_for, against)
    return found.values()


def _short(topic: Topic) -> str:
    return str(topic.code) if isinstance(topic, codes.VendorCode) else codes.lookup(topic).label


def _place(fact: Fact, evidence: Evidence) -> str:
    """The rows and connections in few words: ``messages 1, 2``, ``#6``."""
    kinds = {row.number: row.kind for row in evidence.all_rows}
    word = "message" if all(kinds.get(number) in _MESSAGES for number in fact.rows) else "row"
    parts = []
    if fact.rows:
        parts.append(f"{word}{'s' if len(fact.rows) > 1 else ''} {_listed([str(number) for number in fact.rows])}")
    if fact.others:
        parts.append(_listed([f"#{number}" for number in fact.others]))
    return ", ".join(parts)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown} …"
