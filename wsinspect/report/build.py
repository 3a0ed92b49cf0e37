"""Puts a report together: what happened first, then the facts, then what proves it, then the rest.

Everything here is bounded: so many rows, headers, groups. ``render`` leaves out what a format has no room for, by the
ranks given here.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from wsinspect import __version__, codes
from wsinspect.codes import Point
from wsinspect.model import EventKind
from wsinspect.redact import Pattern, Redaction
from wsinspect.report import heads, overview, reproduce
from wsinspect.report.data import report_data
from wsinspect.report.document import (
    Block,
    Bullets,
    Facts,
    Fold,
    Heading,
    Paragraph,
    Said,
    Section,
    Span,
    Table,
    lines,
    mixed,
    own,
    peer,
    strong,
    words,
)
from wsinspect.report.facts import facts, timing
from wsinspect.report.masking import mask
from wsinspect.report.material import Capture, Material, Weight
from wsinspect.report.messages import message_lines, whole
from wsinspect.report.telling import advice, cause, title, topic, verdict

LAST_MESSAGES = "last messages"
"""Name of the section that is shortened before it is left out."""

MAX_WEIGHTS = 4
"""Lines of evidence for each of the two codes, and as many against."""

MAX_FINDINGS = 4
"""Findings beside the most likely cause."""

RAW = "The session file itself holds everything as it was sent, secrets included."
IN_THE_FILE_TOO = "In the session file itself secrets were masked, too, when it was exported: it is not what was sent."

MAX_NAMED = 12
"""Redactions that the report names."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report, ready to be rendered in any format. It holds no secret that is masked."""

    title: str
    """One line of plain text, as a ticket's title."""
    sections: tuple[Section, ...]
    """In the order in which they are read."""
    data: Mapping[str, object]
    """The same for programs; see ``data``."""
    redactions: tuple[Redaction, ...]
    """What is masked, and what was switched off, in order of appearance."""

    @property
    def masked(self) -> int:
        """How many secrets are masked."""
        return sum(one.is_on for one in self.redactions)


def build(
    capture: Capture,
    *,
    patterns: Sequence[Pattern] = (),
    off: Collection[str] = (),
    pictures: Sequence[str] = (),
) -> Report:
    """Make the report.

    Args:
        capture: what was gathered from the session.
        patterns: the user's own secrets, from the configuration.
        off: keys of redactions (``Redaction.key``) that are switched off.
        pictures: file names of pictures of the screen that go with it.
    """
    masked, redactions = mask(capture, patterns, off)
    sections = tuple(_sections(masked, redactions, pictures))
    said = words(_title(masked))
    return Report(said, sections, report_data(masked, redactions, said, pictures), redactions)


def _title(capture: Capture) -> Said:
    if capture.overview is None and capture.connections:
        return title(capture.connections[0])
    seen = capture.overview
    counted = 0 if seen is None else seen.count
    failed = f", {seen.failed:,} of them failed" if seen is not None and seen.failed else ""
    return (own(f"{counted:,} WebSocket connection{'s' * (counted != 1)}{failed}"),)


def _sections(capture: Capture, redactions: Sequence[Redaction], pictures: Sequence[str]) -> Iterator[Section]:
    yield Section("title", (Heading(_title(capture), 1),))
    several = capture.overview is not None
    if capture.overview is not None:
        yield Section("overview", tuple(_overview(capture)))
    for number, material in enumerate(capture.connections):
        # What is told of a further connection goes before anything of the first.
        if number:
            yield from _further(capture, material, rank=10 * number)
        else:
            yield from _connection(capture, material, level=2 + several, rank=0)
    yield Section("end", tuple(_end(capture, redactions, pictures)))


def _overview(capture: Capture) -> Iterator[Block]:
    seen = capture.overview
    if seen is None:
        return
    said = [own(overview.sentence(seen, capture.info.connections))]
    if span := overview.span(seen):
        said.append(own(f" The failures: {span}."))
    yield Paragraph(tuple(said))
    if (table := overview.table(seen)) is not None:
        yield table


def _connection(capture: Capture, material: Material, *, level: int, rank: int) -> Iterator[Section]:
    """The sections of a connection that is told whole.

    Args:
        capture: the whole.
        material: the connection.
        level: of the titles inside it; on the second one the report's title is its own.
        rank: added to the ranks of its sections.
    """
    yield _told(material, level, rank)
    if (messages := _messages(material, level)) is not None:
        yield Section(LAST_MESSAGES, messages, rank + 1)
    if evidence := _evidence(material, level):
        yield Section("evidence", evidence, rank + 3)
    yield Section("facts", _facts(capture, material, level), rank)
    if (compared := _comparison(material, level)) is not None:
        yield Section("comparison of the codes", compared, rank + 4)
    yield from _folds(material, rank)


def _further(capture: Capture, material: Material, *, rank: int) -> Iterator[Section]:
    """A further connection: what happened, and the rest folded."""
    number = material.connection.id
    yield _told(material, 3, rank)
    blocks = (*(_messages(material, 4) or ()), *_evidence(material, 4), *_facts(capture, material, 4))
    fold = Fold(f"Messages, evidence and facts of connection {number}", blocks)
    yield Section(f"details of connection {number}", (fold,), rank + 1)


def _told(material: Material, level: int, rank: int) -> Section:
    title_line = [Heading(title(material), level - 1)] if level > 2 else []
    said = tuple(advice(material))
    blocks: tuple[Block, ...] = (*title_line, Paragraph(verdict(material)), *((Facts(said),) if said else ()))
    return Section(f"connection {material.connection.id}", blocks, rank)


def _facts(capture: Capture, material: Material, level: int) -> tuple[Block, ...]:
    return Heading((own("Facts"),), level), Facts(tuple(facts(material, capture.info)))


def _messages(material: Material, level: int) -> tuple[Block, ...] | None:
    if all(row.event is not None and row.event.kind is EventKind.END and row.mark is None for row in material.rows):
        return None  # how TCP ended is a fact beside others
    was_open = material.connection.upgraded_ns is not None
    return Heading((own("Last messages" if was_open else "Events"),), level), message_lines(material.rows)


def _evidence(material: Material, level: int) -> tuple[Block, ...]:
    items = tuple(_evidence_lines(material))
    return (Heading((own("In this capture"),), level), Bullets(items)) if items else ()


def _evidence_lines(material: Material) -> Iterator[Said]:
    top = cause(material)
    others = [found for found in material.findings if found is not top]
    for found in others[:MAX_FINDINGS]:
        because = (own(f" ({found.strength.label}: "), mixed(found.because), own(")")) if found.because else ()
        yield mixed(found.cause), *because
    said: set[str] = set()
    told: list[Weight] = []
    for weight in material.weights:
        # What speaks for one code often speaks against the other as well: once is enough.
        key = weight.topic
        if weight.said in said or sum((one.topic, one.is_for) == (key, weight.is_for) for one in told) == MAX_WEIGHTS:
            continue
        said.add(weight.said)
        told.append(weight)
    for weight in told:
        label = codes.lookup(codes.from_key(weight.topic)).label
        mark = strong(f"{'for' if weight.is_for else 'against'} {label}")
        yield mark, own(": "), mixed(weight.said), *_rows(weight.rows)


def _rows(numbers: Sequence[int]) -> Said:
    if not numbers:
        return ()
    return (own(f" (row{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:5]))})"),)


def _comparison(material: Material, level: int) -> tuple[Block, ...] | None:
    about = topic(material)
    if about is None:
        return None
    other = material.other or next(iter(codes.related(about)), None)
    if other is None or other == about:
        return None
    compared = codes.compare(about, other)
    a, b = compared.a, compared.b
    rows = [
        ("Means", a.description, b.description),
        *_beside("Seen when", a.when[:2], b.when[:2]),
        *_beside("To fix", a.how[:1], b.how[:1]),
        *(("Difference" if not at else "", row.a, row.b) for at, row in enumerate(compared.key_differences[:2])),
        *(("To send" if not at else "", row.a, row.b) for at, row in enumerate(compared.when_to_use[:1])),
    ]
    table = Table(
        ("", a.title, b.title),
        tuple(((strong(name),) if name else (), (own(left),), (own(right),)) for name, left, right in rows),
    )
    return Heading((own(f"{a.label} and {b.label}"),), level), table


def _beside(name: str, a: Sequence[Point], b: Sequence[Point]) -> Iterator[tuple[str, str, str]]:
    """Rows of a table from the points of both codes; only the first one has a name."""
    for at, (left, right) in enumerate(zip_longest(a, b)):
        yield "" if at else name, left.text if left else "", right.text if right else ""


def _folds(material: Material, rank: int) -> Iterator[Section]:
    if (again := reproduce.command(material)) is not None:
        what = "Connect again, and send what the client sent" if reproduce.sends_all(material) else "Connect again"
        yield Section("commands to connect again", (Fold(f"{what} (websocat)", (again,)),), rank + 5)
    row = next((row for row in material.rows if row.number == material.content_row), None)
    content = whole(material.content, row) if material.content is not None and row is not None else None
    if content is not None:
        yield Section("message in full", (Fold(f"Message {material.content_row} in full", (content,)),), rank + 6)
    if material.path:
        shown = lines(material.path)
        yield Section("path of the close", (Fold("What each side saw of the close", (shown,)),), rank + 7)
    if steps := tuple(timing(material)):
        table = Table(("Step", "Took"), tuple(((own(name),), (own(took),)) for name, took in steps))
        yield Section("timing", (Fold("Timing", (table,)),), rank + 7)
    if exchange := _exchange(material):
        yield Section("handshake", (Fold("Request and answer", exchange),), rank + 8)


def _exchange(material: Material) -> tuple[Block, ...]:
    handshake = material.handshake
    if handshake is None or not handshake.request:
        return ()
    shown: list[Block] = [heads.exchange(handshake.request, handshake.response)]
    if changed := heads.changed(handshake.request, handshake.forwarded):
        said: list[Span] = [own("wsinspect sent the request on with ")]
        for number, line in enumerate(changed[:4]):
            said += [own(", ")] * bool(number)
            said.append(peer(line))
        shown.append(Paragraph((*said, own("."))))
    if handshake.response_by_us:
        shown.append(Paragraph((own("The answer is wsinspect's own."),)))
    return tuple(shown)


def _end(capture: Capture, redactions: Sequence[Redaction], pictures: Sequence[str]) -> Iterator[Block]:
    if pictures:
        named = [span for name in pictures for span in (own(", "), peer(name))]
        yield Paragraph((own(f"Picture{'s' * (len(pictures) > 1)} of the screen: "), *named[1:], own(".")))
    masked = [one for one in redactions if one.is_on]
    if masked:
        yield Paragraph(tuple(_masked(masked)))
    info = capture.info
    name = Path(info.path).name
    recorded = (own(", recorded by "), peer(info.version, 40)) if info.version not in ("", __version__) else ()
    yield Paragraph(
        (
            own(f"Made by wsinspect {__version__} from "),
            peer(name),
            *recorded,
            own(" ("),
            peer(info.source),
            own("). Open the attached session with "),
            peer(f"wsinspect open {shlex.quote(name)}"),
            own(f". {IN_THE_FILE_TOO if info.is_redacted else RAW}"),
        )
    )


def _masked(masked: Sequence[Redaction]) -> Iterator[Span]:
    yield strong(f"{len(masked)} secret{'s' * (len(masked) > 1)} masked:")
    for number, one in enumerate(masked[:MAX_NAMED]):
        yield own(f"{',' * bool(number)} {one.placeholder} (")
        yield mixed(one.reason.partition(";")[0])
        yield own(")")
    left = len(masked) - MAX_NAMED
    yield own(f" and {left} more." if left > 0 else ".")
