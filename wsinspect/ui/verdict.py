"""The close of one connection in one or two lines: who ended it, how, and what TCP did. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from wsinspect import codes, text
from wsinspect.codes import HttpStatus, Topic
from wsinspect.model import CloseHandshake, CloseStory, Connection, EndedBy, Ending, LegEnd, Side, State
from wsinspect.ui import safe
from wsinspect.ui.theme import Tone, severity_tone, strong

_BY = {EndedBy.PEER: "", EndedBy.RELAY: " passed on", EndedBy.US: " by wsinspect"}
_DOT = (" · ", Tone.DIM)

ENDINGS = {
    Ending.FIN: "FIN",
    Ending.RST: "RST",
    Ending.TIMEOUT: "timeout",
    Ending.CLOSE_NOTIFY: "close_notify",
    Ending.TLS_ALERT: "TLS alert",
    Ending.TLS_TRUNCATED: "FIN without close_notify",
}


def topic(story: CloseStory) -> Topic | None:
    """What there is to explain; None when the answer was no HTTP status at all."""
    if story.status is not None:
        return HttpStatus(story.status) if 100 <= story.status <= 599 else None
    return story.code


def title(story: CloseStory) -> tuple[str, str]:
    """Code and name as one text, and the style for it."""
    about = topic(story)
    if about is None:
        return f"HTTP {story.status:03}", Tone.BAD_STRONG
    entry = codes.lookup(about)
    severity = "error" if story.violations else entry.severity
    return entry.title, strong(severity_tone(severity))


def origin(story: CloseStory) -> str:
    """Where the code comes from, in few words."""
    if story.status is not None:
        return "answered by wsinspect" if story.by_us else "answered by the server"
    if story.connection.state is State.FAILED:
        return "the upgrade was never answered"
    if not story.is_wire:
        return "concluded, not sent"
    if story.by_us:
        return "sent by wsinspect"
    return f"sent by the {story.sender.label}" if story.sender is not None else "seen on the wire"


def lines(story: CloseStory) -> Iterator[Content]:
    """The verdict, line by line."""
    said, style = title(story)
    facts = [part for part in _facts(story) if part]
    yield Content.assemble((said, style), "  ", *_joined(facts))
    transport = _transport(story.connection, story.first_end)
    if transport:
        yield Content.assemble(("TCP  ", Tone.STRONG), *_joined(transport))
    for violation in story.violations:
        yield Content.assemble(
            ("Broken rule  ", Tone.BAD_STRONG), violation.detail, (f" ({violation.source})", Tone.DIM)
        )


Part = list[Content | str | tuple[str, str]]


def _joined(facts: list[Part]) -> Part:
    joined: Part = []
    for fact in facts:
        if joined:
            joined.append(_DOT)
        joined.extend(fact)
    return joined


def _facts(story: CloseStory) -> Iterator[Part]:
    yield _who(story)
    if story.connection.state is State.FAILED or (story.status is not None and story.connection.failure):
        yield [safe.content(story.connection.failure)]
    if story.is_wire and story.status is None:
        yield [("reason ", Tone.DIM), safe.content(story.reason)] if story.reason else [("no reason given", Tone.DIM)]
    if story.status is None and story.handshake is not CloseHandshake.ABSENT:
        yield _handshake(story)
    yield [("after ", Tone.DIM), text.duration(story.age_ns)]
    last = story.last_message
    if last is not None:
        arrow = ("▲", Tone.UP) if last.side is Side.CLIENT else ("▼", Tone.DOWN)
        yield [f"{text.duration(last.before_ns)} after message {last.row} ", arrow]
    unanswered = story.connection.pings_unanswered
    if unanswered:
        yield [(f"{unanswered} ping{'s' if unanswered > 1 else ''} unanswered", Tone.WARN)]


def _who(story: CloseStory) -> Part:
    if story.status is not None:
        who = "wsinspect" if story.by_us else "the server"
        return [("upgrade refused by ", Tone.DIM), who]
    if story.connection.state is State.FAILED:
        return [("a conclusion, not a code that was sent: ", Tone.DIM), "the upgrade was never answered"]
    if not story.is_wire:
        said: Part = ["no close frame was sent"]
        if story.connection.first_close is not None and story.sender is not None:
            said = [("an empty close frame was sent by ", Tone.DIM), f"the {story.sender.label}"]
        return [("a conclusion, not a code that was sent: ", Tone.DIM), *said]
    who = "wsinspect" if story.by_us else f"the {story.sender.label}" if story.sender is not None else "one side"
    return [("sent by ", Tone.DIM), who]


def _handshake(story: CloseStory) -> Part:
    said: Part = [("close handshake ", Tone.DIM)]
    if story.handshake is CloseHandshake.DIFFERENT and story.answer is not None:
        code = "no code" if story.answer.code is None else str(story.answer.code)
        return [*said, (f"answered with {code}", Tone.WARN)]
    if story.handshake is CloseHandshake.UNANSWERED:
        return [*said, ("not answered", Tone.WARN)]
    return [*said, str(story.handshake.value)]


def _transport(connection: Connection, first: Side | None) -> list[Part]:
    """How each leg ended, the first one first."""
    ends = {Side.CLIENT: connection.client_end, Side.SERVER: connection.server_end}
    order = (Side.SERVER, Side.CLIENT) if first is Side.SERVER else (Side.CLIENT, Side.SERVER)
    parts: list[Part] = []
    earlier: LegEnd | None = None
    for side in order:
        end = ends[side]
        if end is None:
            continue
        parts.append(_leg(side, end, earlier))
        earlier = end
    return parts


def _leg(side: Side, end: LegEnd, earlier: LegEnd | None) -> Part:
    how = (ENDINGS[end.how], Tone.PLAIN if end.how in (Ending.FIN, Ending.CLOSE_NOTIFY) else Tone.BAD)
    by: Part = [(_BY[end.by], Tone.WARN if end.by_us else Tone.DIM)]
    after = (
        (" first", Tone.DIM) if earlier is None else (f" {text.duration(end.at_ns - earlier.at_ns)} later", Tone.DIM)
    )
    return [f"the {side.label} ", how, *by, after]
