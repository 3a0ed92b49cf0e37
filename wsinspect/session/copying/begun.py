"""What begins in a part of a session, with its content, also where that goes on in later parts: for looking at it
before it passes.

In memory is at most LIMIT of one content, and PACKED_LIMIT of it compressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, pairwise
from typing import NamedTuple

from wsinspect.model import RowKind, Side
from wsinspect.session.copying.carrying import MISSING, is_compressed
from wsinspect.session.copying.source import Part, Source
from wsinspect.session.stored.found import FoundRun
from wsinspect.session.stored.inflating import InflatedMessage
from wsinspect.session.stored.segments import Segment
from wsinspect.wire.deflate import KEPT_BYTES
from wsinspect.wire.messages import row_kind
from wsinspect.wire.payloads import PayloadScanner
from wsinspect.wire.rows import RowScanner
from wsinspect.wire.runs import payload_starts, payloads

LIMIT = KEPT_BYTES
"""Bytes of a content that are looked at."""

PACKED_LIMIT = 4 * LIMIT
"""Bytes of a compressed message that are held."""


class Begun(NamedTuple):
    """A message or control frame that begins here."""

    side: Side
    at: int
    """Offset of its first frame."""
    kind: RowKind
    content: bytes
    """The first LIMIT of what it carries, unmasked and inflated."""
    is_whole: bool
    """Whether that is all of it."""
    again: Callable[[], Iterator[tuple[bytes, bool]]]
    """All that it carries, in pieces, unmasked but as on the wire; with each whether it is the last."""
    packed: bytes | None = None
    """Of a compressed message its bytes as on the wire, unmasked; None where they are too many, or not all there."""
    inflated: InflatedMessage | None = None
    """What is known of a compressed message; with a problem its content is not known. None for any other."""


def begun(source: Source, part: Part, side: Side, *, deflates: bool) -> Iterator[Begun]:
    """The messages and control frames of one side that begin in a part; the compressed ones in order.

    Args:
        source: gives what follows.
        part: where they begin.
        side: whose they are.
        deflates: whether compression was agreed on.
    """
    segment = part.segment
    data, offset = segment.data[side], segment.at[side]
    places: list[tuple[int, int | None]] = []
    for found in segment.found.parts:
        if found.side is not side:
            continue
        if not isinstance(found, FoundRun):
            places.append((found.scanned.at, found.scanned.end))
        elif deflates and is_compressed(found.run.first):
            places += ((found.run.base + begin, found.run.base + end) for begin, end in pairwise(found.run.bounds))
        else:
            yield from _run(found, data, offset)
    scanner = RowScanner.resumed(offset, part.open_state[side])
    scanner.scan(data)
    if not scanner.is_idle:
        places.append((scanner.row_at, None))
        # A control frame inside a message that is unfinished, too; another fragment belongs to the message.
        if scanner.row_at < scanner.frame_at < scanner.at and scanner.unfinished[0][0] & 0x08:
            places.append((scanner.frame_at, None))
    for at, end in sorted(places, key=lambda place: place[0]):
        if at >= offset:
            yield _one(source, segment, side, at, end, deflates=deflates)


def _run(found: FoundRun, data: bytes, offset: int) -> Iterator[Begun]:
    run = found.run
    for begin, content in zip(run.bounds, payloads(run, payload_starts(run), data, offset, run.largest), strict=False):
        yield Begun(
            found.side,
            run.base + begin,
            row_kind(run.first),
            content[:LIMIT],
            len(content) <= LIMIT,
            partial(_at_once, content),
        )


def _at_once(content: bytes) -> Iterator[tuple[bytes, bool]]:
    yield content, True


def _one(source: Source, segment: Segment, side: Side, at: int, end: int | None, *, deflates: bool) -> Begun:
    offset = segment.at[side]
    data = segment.data[side][at - offset : None if end is None else end - offset]
    kind = row_kind(data[0])

    def again() -> Iterator[tuple[bytes, bool]]:
        behind = () if end is not None else _unbroken(segment, source.segments_behind(segment), side)
        return _payload(chain((data,), (one.data[side] for one in behind)), at)

    if not (deflates and is_compressed(data[0])):
        content, is_whole = _beginning(again(), LIMIT)
        return Begun(side, at, kind, content, is_whole, again)
    packed, has_all = _beginning(again(), PACKED_LIMIT)
    behind = _unbroken(segment, source.segments_behind(segment), side)
    told = (one.inflated[side, at] for one in chain((segment,), behind) if (side, at) in one.inflated)
    inflated = next(told, MISSING)
    is_whole = not inflated.problem and inflated.total == len(inflated.data)
    content = b"" if inflated.problem else inflated.data
    return Begun(side, at, kind, content, is_whole, again, packed if has_all else None, inflated)


def _unbroken(segment: Segment, behind: Iterator[Segment], side: Side) -> Iterator[Segment]:
    """The segments behind one as long as nothing of this side is missing between them."""
    end = segment.at[side] + len(segment.data[side])
    for one in behind:
        if one.at[side] != end:
            return
        yield one
        end += len(one.data[side])


def _payload(chunks: Iterable[bytes], at: int) -> Iterator[tuple[bytes, bool]]:
    """What the message or control frame carries that begins the first chunk; with each piece whether it is the last."""
    scanner = PayloadScanner(at)
    is_first = True
    for data in chunks:
        if is_first and data[0] & 0x08:
            # Read as a data frame, which is a message of its own.
            data = bytes([data[0] & 0xF7 | 0x80]) + data[1:]
        is_first = False
        for piece in scanner.feed(data):
            ends = piece.ends_frame and piece.frame.fin
            yield piece.data, ends
            if ends:
                return


def _beginning(pieces: Iterator[tuple[bytes, bool]], limit: int) -> tuple[bytes, bool]:
    """The first bytes of a payload, and whether they are all of it."""
    kept = bytearray()
    for data, ends in pieces:
        kept += data[: limit + 1 - len(kept)]
        if len(kept) > limit:
            return bytes(kept[:limit]), False
        if ends:
            return bytes(kept), True
    return bytes(kept), False
