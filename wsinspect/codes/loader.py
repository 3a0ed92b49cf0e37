"""Turns one data file into an entry or a written comparison; what a file may hold is said in data/README.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from wsinspect.codes.entry import CodeEntry, Fault, Layer, Point, Retry, Sender, Severity
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import HIGHEST_CODE, HttpStatus, Topic, TransportEnd, from_key, key


@dataclass(frozen=True, slots=True)
class Contrast:
    """One row of a comparison: what is true of the one, and of the other."""

    a: str
    b: str


@dataclass(frozen=True, slots=True)
class WrittenPair:
    """The texts written for one pair of topics."""

    a: Topic
    b: Topic
    differences: tuple[Contrast, ...]
    uses: tuple[Contrast, ...]
    tell_apart: tuple[Point, ...]
    """How a capture shows which of the two it was."""

    def mirrored(self) -> WrittenPair:
        """The same pair seen from the other side."""
        return WrittenPair(self.b, self.a, _swap(self.differences), _swap(self.uses), self.tell_apart)


def load_entry(path: Path) -> CodeEntry:
    """Read the file of one code, range, HTTP status or end.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key.
    """
    table = Table.read(path)
    topic, span = _topic(table)
    sent, fault, retry, layer = (table.table(name) for name in ("sent", "fault", "retry", "layer"))
    severity = table.text("severity")
    if severity not in get_args(Severity):
        raise table.problem(f"severity is {severity!r}, must be one of {', '.join(get_args(Severity))}")
    entry = CodeEntry(
        topic=topic,
        name=table.text("name"),
        severity=cast(Severity, severity),
        description=table.text("description"),
        when=_points(table, "when"),
        how=_points(table, "how"),
        more_when=_points(table, "more_when"),
        more_how=_points(table, "more_how"),
        sender=sent.choice("by", Sender),
        is_wire=sent.boolean("wire"),
        is_script=sent.boolean("script"),
        fault=fault.choice("of", Fault),
        fault_text=fault.text("text"),
        retry=retry.choice("action", Retry),
        retry_text=retry.text("text"),
        layer=layer.choice("of", Layer),
        layer_text=layer.text("text"),
        counterpart=table.text("counterpart"),
        use=table.text("use"),
        reference=table.text("reference"),
        related=_related(table),
        aliases=table.texts("aliases"),
        unverified=table.texts("unverified"),
        range=span,
    )
    for part in (sent, fault, retry, layer, table):
        part.done()
    return entry


def load_pair(path: Path) -> WrittenPair:
    """Read the file of one written comparison.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key.
    """
    table = Table.read(path)
    topics = [_as_topic(table, value) for value in table.values("pair")]
    if len(topics) != 2 or topics[0] == topics[1]:
        raise table.problem("pair must name two topics")
    a, b = topics
    pair = WrittenPair(
        a, b, _contrasts(table, "difference", a, b), _contrasts(table, "use", a, b), _points(table, "tell_apart")
    )
    table.done()
    return pair


def _topic(table: Table) -> tuple[Topic, tuple[int, int] | None]:
    if "code" in table:
        code = table.integer("code")
        if not 0 <= code <= HIGHEST_CODE:
            raise table.problem(f"code must be 0 to {HIGHEST_CODE}")
        return code, None
    if "http" in table:
        return HttpStatus(table.integer("http")), None
    if "end" in table:
        return TransportEnd(table.text("end")), None
    is_http = "http_range" in table
    span = table.values("http_range" if is_http else "range")
    if len(span) != 2 or not all(isinstance(code, int) for code in span):
        raise table.problem("one of code, range, http, http_range or end must say what the file is about")
    first, last = (int(code) for code in span)
    return HttpStatus(last) if is_http else last, (first, last)


def _points(table: Table, name: str) -> tuple[Point, ...]:
    points = []
    for part in table.tables(name):
        points.append(Point(part.text("text"), part.text("source"), part.boolean("verified", True)))
        part.done()
    return tuple(points)


def _related(table: Table) -> tuple[Topic, ...]:
    return tuple(_as_topic(table, value) for value in table.values("related"))


def _as_topic(table: Table, value: str | int) -> Topic:
    try:
        return from_key(str(value))
    except ValueError as error:
        raise table.problem(str(error)) from error


def _contrasts(table: Table, name: str, a: Topic, b: Topic) -> tuple[Contrast, ...]:
    rows = []
    for part in table.tables(name):
        rows.append(Contrast(part.text(key(a)), part.text(key(b))))
        part.text("source")
        part.done()
    if not rows:
        raise table.problem(f"{name} is missing")
    return tuple(rows)


def _swap(rows: tuple[Contrast, ...]) -> tuple[Contrast, ...]:
    return tuple(Contrast(row.b, row.a) for row in rows)
