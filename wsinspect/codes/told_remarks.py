"""What is said about programs: which code the application on each side is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wsinspect.codes.receivers import Received, Told, at, measured_like, told, told_of_own
from wsinspect.codes.remark import Remark, RemarkKind, named
from wsinspect.codes.scene import Scene, leg_end
from wsinspect.codes.topics import TransportEnd
from wsinspect.model import Ending, Side, Strength

_TLS_FAILED = 1015
_BROWSERS = frozenset(("chrome", "firefox"))


def application_told(scene: Scene) -> Remark | None:
    """What the client's program is told; of servers nothing was measured."""
    if scene.story.connection.upgraded_ns is None:
        return _never_open(scene)
    if scene.sender is Side.CLIENT:
        return _own(scene)
    if scene.is_cut:
        return _said(scene, told(_way(scene)), expected=1006)
    if not scene.story.is_wire:
        return _said(scene, told("empty"), expected=1005)
    if scene.code is None:
        return None
    like = measured_like(scene.code)
    entries = [replace(one, code=scene.code) if one.code == like else one for one in told(like)]
    note = "" if like == scene.code else f"Measured with {like}: no library is known to tell {scene.code} from it."
    return _said(scene, entries, expected=scene.code, note=note)


def _never_open(scene: Scene) -> Remark:
    """The upgrade failed: what the standard lets a page know. Source: WHATWG WebSockets standard, section 4."""
    who = "The browser" if scene.keys(Side.CLIENT) & _BROWSERS else "A browser"
    if scene.code is None:
        what = "never the status"
    else:
        what = "not 1015" if scene.code == _TLS_FAILED else "as for every connection that fails"
    return Remark(RemarkKind.TOLD, f"{who} tells its page 1006, {what}.", Strength.CERTAIN)


def _own(scene: Scene) -> Remark | None:
    """The client closed: its own program may be told another code when its library did so by itself."""
    if not scene.story.is_wire or scene.code is None:
        return None
    note = "Only where the library closed, because of what it received; not where the program itself did."
    return _said(scene, told_of_own(scene.code), expected=scene.code, whose="client's own", note=note)


def _way(scene: Scene) -> Received:
    """How the client saw the end; close_notify and FIN look the same to its program."""
    end = leg_end(scene.story.connection, Side.CLIENT)
    return TransportEnd((Ending.RST if end is not None and end.how is Ending.RST else Ending.FIN).value)


def _said(
    scene: Scene, entries: Sequence[Told], *, expected: int, whose: str = "client's", note: str = ""
) -> Remark | None:
    if not entries:
        return None
    story = scene.story
    fitting = [one for one in entries if story.answer and one.may_answer(story.code, story.answer.code)]
    whose_answer = " that answer so" if 0 < len(fitting) < len(entries) else ""
    entries = fitting or entries
    mine = at(entries, scene.keys(Side.CLIENT))
    more = tuple(f"{one.name} {one.version}: {one.told}." for one in mine or entries)
    if mine:
        what = mine[0].told if mine[0].told[:1].isdigit() else f"{_code(mine[0].code)} ({mine[0].told})"
        comma = "," if "," in what else ""
        text = f"The {whose} program is told {what}{comma} by {mine[0].name}."
    else:
        text = f"The {whose} program is told {_shares(entries, whose_answer)}."
    is_notable = any(one.code != expected for one in mine or entries)
    return Remark(RemarkKind.TOLD, text, Strength.STRONG, is_notable, (*more, *filter(None, (note,))))


def _shares(entries: Sequence[Told], which: str) -> str:
    """Which code how many libraries tell: ``1014 by 8 of 9 known libraries, 1002 by faye-websocket``."""
    groups: dict[int | None, list[str]] = {}
    for one in entries:
        groups.setdefault(one.code, []).append(one.name)
    (most, names), *rest = sorted(groups.items(), key=lambda group: -len(group[1]))
    count = f"{len(names)} of" if rest else "all"
    parts = [f"{_code(most)} by {count} {len(entries)} known libraries{which}"]
    parts += [f"{_code(code)} by {named(others)}" for code, others in rest]
    return ", ".join(parts)


def _code(code: int | None) -> str:
    return "no code" if code is None else str(code)
