"""The close of one connection in a few lines: what ended it, why most likely, and what to do next. Pure.

The first line says what happened, the second why; each is kept to one line, or two where the why is long. What had no
room stands below them when all of it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from wsinspect import codes, text
from wsinspect.codes import Topic
from wsinspect.codes.scene import topic_of
from wsinspect.decode.endings import WORDS
from wsinspect.model import (
    CloseHandshake,
    CloseStory,
    Connection,
    EndedBy,
    Ending,
    Finding,
    LegEnd,
    Side,
    State,
    Strength,
)
from wsinspect.report.lines import ends_in_order, handshake, late_close, sender_of, unanswered_pings
from wsinspect.ui.close.closing import Explained
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.theme import Tone, severity_tone, strong

_BY = {EndedBy.PEER: "", EndedBy.RELAY: " passed on", EndedBy.US: " by wsinspect"}
_DOT = Content.styled(" · ", Tone.DIM)

_LEAST_REASON = 24
"""A reason that has fewer cells than this on the first line is left to the lines below."""

CAUSE_LINES = 2
"""Lines that the cause takes at most, unless all of it is asked for."""


def topic(story: CloseStory) -> Topic | None:
    """What there is to explain; None when the answer was no HTTP status at all."""
    return topic_of(story)


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """The lines, each at most as wide as was asked for."""

    lines: tuple[Content, ...]
    """What happened, why, and what to do."""
    rest: tuple[Content, ...]
    """What had no room in the first line, and how TCP ended."""


def verdict(told: Explained, width: int, cause_lines: int | None = CAUSE_LINES) -> Verdict:
    """The verdict for lines of this many cells; ``cause_lines`` at most say why (None: as many as it takes)."""
    story = told.story
    first, rest = _first_line(told, width)
    lines = [first, *_why(told, width, cause_lines), *_what_to_do(told, width)]
    for violation in story.violations:
        broken = Content.assemble(
            ("Broken rule  ", Tone.BAD_STRONG), violation.detail, (f" ({violation.source})", Tone.DIM)
        )
        lines += broken.wrap(width)
    return Verdict(tuple(lines), tuple(_flowed(rest, width, _DOT)))


# What happened


def _first_line(told: Explained, width: int) -> tuple[Content, list[Content]]:
    """Code, name, and as many facts as one line holds, the most telling first; and the facts left over."""
    story = told.story
    said, style = title(story)
    meaning = told.context.meaning
    if meaning is not None and isinstance(told.context.topic, codes.VendorCode):
        said = f"{story.code} {meaning.name}"
    line = Content.assemble((text.shorten(said, width), style), "  ")
    left: list[Content] = []
    is_first = True
    for fact in _facts(story):
        room = width - line.cell_length - (0 if is_first else _DOT.cell_length)
        shown = fact
        if fact.cell_length > room:
            is_reason = fact.plain.startswith(_REASON)
            left.append(fact)
            if not is_reason or room < _LEAST_REASON:
                continue
            shown = fact.truncate(room, ellipsis=True)
        line += shown if is_first else _DOT + shown
        is_first = False
    return line.rstrip(), left


_REASON = "reason "


def _facts(story: CloseStory) -> Iterator[Content]:
    """Everything the first line would say, the most telling first."""
    yield _who(story)
    if story.connection.state is State.FAILED or (story.status is not None and story.connection.failure):
        yield safe.content(story.connection.failure)
    if story.is_wire and story.status is None:
        if story.reason:
            yield Content.assemble((_REASON, Tone.DIM), safe.content(story.reason))
        else:
            yield Content.styled("no reason given", Tone.DIM)
    legs = list(_legs(story.connection, story.first_end))
    if not story.is_wire and story.status is None:
        late = late_close(story)
        if late:
            yield Content.styled(late, Tone.WARN)
        # Who ended TCP first is said with the conclusion then.
        yield from legs[1:] if late else legs
    if story.status is None and story.handshake is not CloseHandshake.ABSENT:
        yield _handshake(story)
    if story.connection.pings_unanswered:
        yield Content.styled(unanswered_pings(story.connection), Tone.WARN)
    yield Content.assemble(("after ", Tone.DIM), text.duration(story.age_ns))
    last = story.last_message
    if last is not None:
        arrow = ("▲", Tone.UP) if last.side is Side.CLIENT else ("▼", Tone.DOWN)
        yield Content.assemble(f"{text.duration(last.before_ns)} after message {last.row} ", arrow)
    if legs and (story.is_wire or story.status is not None):
        yield Content.styled(", ", Tone.DIM).join(legs)


def _who(story: CloseStory) -> Content:
    if story.status is not None:
        who = "wsinspect" if story.by_us else "the server"
        return Content.assemble(("refused by ", Tone.DIM), who)
    if story.connection.state is State.FAILED:
        return Content.assemble(("a conclusion: ", Tone.DIM), "the upgrade was never answered")
    if not story.is_wire:
        return Content.assemble(("a conclusion: ", Tone.DIM), _concluded(story))
    return Content.assemble(("sent by ", Tone.DIM), sender_of(story))


def _concluded(story: CloseStory) -> str:
    """What was missing on the wire."""
    if story.sender is None or story.connection.first_close is None:
        return "no close frame"
    if story.handshake is not CloseHandshake.ABSENT:
        return f"the {story.sender.label}'s close frame was empty"
    end = story.connection.client_end if story.sender is Side.CLIENT else story.connection.server_end
    how = WORDS[end.how].name + _BY[end.by] if end is not None else "gone"
    return f"{story.sender.label} {how} before any close frame"


def _handshake(story: CloseStory) -> Content:
    is_different = story.handshake is CloseHandshake.DIFFERENT and story.answer is not None
    is_odd = is_different or story.handshake in (CloseHandshake.UNANSWERED, CloseHandshake.UNDELIVERED)
    return Content.assemble(("close handshake ", Tone.DIM), (handshake(story), Tone.WARN if is_odd else ""))


def _legs(connection: Connection, first: Side | None) -> Iterator[Content]:
    """How each leg ended, the first one first."""
    earlier: LegEnd | None = None
    for side, end in ends_in_order(connection, first):
        yield _leg(side, end, earlier)
        earlier = end


def _leg(side: Side, end: LegEnd, earlier: LegEnd | None) -> Content:
    how = (WORDS[end.how].name, Tone.PLAIN if end.how in (Ending.FIN, Ending.CLOSE_NOTIFY) else Tone.BAD)
    by = (_BY[end.by], Tone.WARN if end.by_us else Tone.DIM)
    after = " first" if earlier is None else f" {text.duration(end.at_ns - earlier.at_ns)} later"
    return Content.assemble((f"{side.label} ", Tone.DIM), how, by, (after, Tone.DIM))


# Why


def _why(told: Explained, width: int, most: int | None) -> list[Content]:
    cause = told.cause
    if cause is None:
        said = Content.assemble(("Most likely  ", Tone.STRONG), ("nothing in this capture says why", Tone.DIM))
        return said.wrap(width)
    sure = "Cause  " if cause.strength is Strength.CERTAIN else "Most likely  "
    head = (sure if cause.is_alarm else "Why  ", Tone.STRONG)
    lead = Content.assemble(head, cause.cause)
    rests = _rests(cause)
    if most is None:
        return (lead + _basis(cause, rests)).wrap(width)
    # The later of two grounds is the more telling one: what happened to others too.
    for shown in (rests, rests[-1:], rests[:1], []):
        lines = (lead + _basis(cause, shown)).wrap(width)
        if len(lines) <= most:
            return lines
    # The cause itself is never cut.
    return lead.wrap(width)


def _rests(cause: Finding) -> list[str]:
    """What it rests on, without what the cause itself says in the same words."""
    return [part for part in cause.because.split("; ") if part and part.removeprefix(_REASON) not in cause.cause]


def _basis(cause: Finding, rests: Sequence[str]) -> Content:
    """How sure the cause is, and what it rests on, in brackets."""
    said = ": ".join(filter(None, (cause.strength.label, "; ".join(rests))))
    return Content.styled(f" ({said})", Tone.DIM)


# What to do


def _what_to_do(told: Explained, width: int) -> list[Content]:
    """Next step, setting and retry, as many on a line as it holds."""
    cause = told.cause
    parts: list[tuple[str, str]] = []
    step = _next_step(told)
    if step:
        is_thin = cause is None or (cause.strength is Strength.POSSIBLE and cause.is_alarm)
        parts.append(("To know more" if is_thin else "Next", step))
    if cause is not None and cause.setting:
        parts.append(("Setting", cause.setting))
    if told.context.retry:
        parts.append(("Retry", told.context.retry))
    return list(
        _flowed([Content.assemble((f"{head}  ", Tone.STRONG), said) for head, said in parts], width, Content("   "))
    )


def _next_step(told: Explained) -> str:
    cause, story = told.cause, told.story
    clock = text.clock(story.at_ns)
    if cause is not None and cause.next_step:
        return cause.next_step.replace("at that second", f"at {clock}")
    if cause is not None and not cause.is_alarm:
        return ""
    whose = f"the {story.sender.label}'s log" if story.sender is not None and not story.by_us else "both sides' logs"
    return f"see {whose} at {clock}; record a second connection beside this one: do they end together, or at one age?"


def _flowed(parts: Sequence[Content], width: int, gap: Content) -> Iterator[Content]:
    """The parts, as many on a line as it holds."""
    line: Content | None = None
    for part in parts:
        if line is not None and line.cell_length + gap.cell_length + part.cell_length <= width:
            line = line + gap + part
            continue
        if line is not None:
            yield from line.wrap(width)
        line = part
    if line is not None:
        yield from line.wrap(width)
