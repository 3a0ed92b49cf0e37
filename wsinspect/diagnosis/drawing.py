"""A path as lines of text: stations on top, below them what happened on each leg, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator

from wsinspect import text
from wsinspect.diagnosis.path import Hop, HopKind, Path, Sight, What
from wsinspect.model import Side

_CLOCK = 13
"""Cells for the time and the space behind it."""

_SHORTEST = 60
"""Narrower than this the lines are no longer drawn but written."""


def path_lines(path: Path, width: int = 80) -> tuple[str, ...]:
    """The path in plain text, each line at most ``width`` cells.

    First the stations, then what each leg saw, then the verdict, what a client's program was told, and what was
    changed in the request.
    """
    lines = [*_drawn(path, width)] if width >= _SHORTEST else [*_written(path)]
    for said in (path.verdict, *_told(path), *(f"the request was {change}" for change in path.changed)):
        lines += _wrapped(said, width)
    return tuple(text.shorten(line, width) for line in lines)


def _drawn(path: Path, width: int) -> Iterator[str]:
    room = (width - _CLOCK - 3) // 2
    client, *between = path.hops
    before = [hop for hop in between if hop.kind is HopKind.GATEWAY]
    server = between[-1]
    names = " · ".join([*(hop.name for hop in before), _named(server)])
    for left, middle, right in ((_named(client), "■", names), (client.address, "│", server.address)):
        ends = _padded(text.shorten(left, room), room), _padded_left(text.shorten(right, room), room)
        yield f"{'':{_CLOCK}}{ends[0]} {middle} {ends[1]}"
    for sight in path.sights:
        ours = "by wsinspect" if sight.by_us else ""
        near = _arrow(sight.said if not ours else f"{sight.said} {ours}", room, to_left=_goes_left(sight))
        far = _arrow(sight.passed_on, room, to_left=sight.leg is Side.SERVER) if sight.passed_on else " " * room
        segments = (near, far) if sight.leg is Side.CLIENT else (far, near)
        yield f"{text.clock(sight.at_ns):<{_CLOCK}}{segments[0]} │ {segments[1]}".rstrip()


def _goes_left(sight: Sight) -> bool:
    """Towards the client: what comes from the server, and what goes from us to the client."""
    return (sight.leg is Side.SERVER) != sight.is_outgoing


def _named(hop: Hop) -> str:
    return " ".join(filter(None, (hop.kind.value, hop.name)))


def _wrapped(said: str, width: int) -> Iterator[str]:
    """The words of a sentence in lines, the second and further ones indented."""
    line = ""
    for word in said.split(" "):
        if line.strip() and text.cells(line) + 1 + text.cells(word) > width:
            yield line
            line = f"  {word}"
        else:
            line = f"{line} {word}" if line else word
    yield line


def _arrow(said: str, room: int, *, to_left: bool) -> str:
    """``◀── said ────`` or ``── said ───▶``, exactly ``room`` cells."""
    shown = text.shorten(said, room - 6)
    rest = room - 6 - text.cells(shown)
    return f"◀── {shown} {'─' * (rest + 1)}" if to_left else f"── {shown} {'─' * (rest + 1)}▶"


def _station(hop: Hop) -> str:
    if hop.kind is HopKind.WSINSPECT:
        return hop.name
    return " ".join(filter(None, (_named(hop), hop.address)))


def _padded(said: str, room: int) -> str:
    return said + " " * (room - text.cells(said))


def _padded_left(said: str, room: int) -> str:
    return " " * (room - text.cells(said)) + said


def _written(path: Path) -> Iterator[str]:
    yield " → ".join(_station(hop) for hop in path.hops)
    for sight in path.sights:
        who = "wsinspect" if sight.is_outgoing else "server" if sight.what is What.FAILURE else sight.leg.label
        yield f"{text.clock(sight.at_ns)} {who}: {sight.said}" + (f" ({sight.passed_on})" if sight.passed_on else "")


def _told(path: Path) -> Iterator[str]:
    """Who is told what; libraries that say the same share a line."""
    said: dict[str, list[str]] = {}
    for entry in path.told:
        said.setdefault(entry.said, []).append(entry.who)
    for what, names in said.items():
        yield f"{', '.join(names)}: {what}"
