"""What happened to a connection, in a title and a few sentences, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from wsinspect import codes, text
from wsinspect.codes import CodeEntry, Topic, VendorCode
from wsinspect.decode.endings import WORDS
from wsinspect.model import CloseHandshake, CloseStory, Connection, Ending, Finding, State, Strength
from wsinspect.report.document import Said, Span, mixed, own, peer, strong
from wsinspect.report.lines import ends_in_order, late_close
from wsinspect.report.lines import topic as plain_topic
from wsinspect.report.material import Material
from wsinspect.wire.handshake import head_end

PATH_WIDTH = 80
"""Cells of a path in a title."""

ANSWER_WIDTH = 200
"""Cells that are shown of what a refusal says."""


def path(connection: Connection) -> Span:
    """The path, as the name of a connection."""
    return peer(connection.path or "/", PATH_WIDTH)


def topic(material: Material) -> Topic | None:
    """What the close is about: the vendor's meaning of the code when the findings are sure of the vendor."""
    story = material.story
    if story is None:
        return None
    for finding in material.findings:
        if ":" in finding.topic and finding.strength >= Strength.STRONG and finding.is_for:
            found = codes.from_key(finding.topic)
            if isinstance(found, VendorCode) and found.code == story.code and story.is_wire:
                return found
    return plain_topic(story)


def entry(material: Material) -> CodeEntry | None:
    """The catalogue's entry for it."""
    about = topic(material)
    return None if about is None else codes.lookup(about)


def code_name(material: Material) -> str:
    """Code and name in our words: ``1011 Internal Error``, ``HTTP 502 Bad Gateway``, a vendor's name for a 4xxx."""
    found, story = entry(material), material.story
    if story is None:
        return ""
    if found is None:
        return f"HTTP {story.status}"
    if isinstance(found.topic, VendorCode):
        return f"{found.topic.code} {found.name}"
    return found.title


def how(story: CloseStory) -> str:
    """How a connection ended, in a few words of ours: for titles and tables."""
    who = f"the {story.sender.label}" if story.sender is not None and not story.by_us else "wsinspect"
    about = plain_topic(story)
    name = codes.lookup(about).title if about is not None else f"HTTP {story.status}"
    if story.status is not None:
        return f"refused by {who} with {name}"
    if story.connection.state is State.FAILED:
        return "never opened: " + ("TLS with the server failed" if story.code == 1015 else "no answer to the upgrade")
    if story.is_wire:
        return f"closed by {who} with {name}"
    if story.connection.close_frame is not None:
        return f"closed by {who} without a code (1005)"
    ends = ends_in_order(story.connection, story.first_end)
    said = f" ({WORDS[ends[0][1].how].name})" if ends else ""
    return f"cut off by {who}{said}, no close frame (1006)"


def title(material: Material) -> Said:
    """The title line."""
    shown = path(material.connection)
    if material.story is None:
        return own("WebSocket "), shown, own(" is still open")
    said = how(material.story)
    about = topic(material)
    if isinstance(about, VendorCode):
        said = said.replace(codes.lookup(about.code).title, code_name(material))
    return own("WebSocket "), shown, own(f" {said}")


def verdict(material: Material) -> Said:
    """What happened, in two to four sentences."""
    story = material.story
    if story is None:
        age = text.duration(max(0, _last_ns(material.connection) - material.connection.opened_ns))
        return (own(f"The connection was still open when it was last seen, {age} after it was opened."),)
    return tuple(_joined(_sentences(material, story)))


def _last_ns(connection: Connection) -> int:
    return max(connection.to_server.last_ns, connection.to_client.last_ns, connection.opened_ns)


def _joined(sentences: Iterator[Said]) -> Iterator[Span]:
    for number, said in enumerate(sentences):
        if number:
            yield own(" ")
        yield from said


def _sentences(material: Material, story: CloseStory) -> Iterator[Said]:
    if story.status is not None:
        yield from _refused(material, story)
    elif story.connection.state is State.FAILED:
        yield from _failed(story)
    elif story.connection.close_frame is not None:
        yield from _closed(material, story)
    else:
        yield from _cut(story)
    for violation in story.violations:
        yield (own(f"That breaks a rule: {violation.detail} ({violation.source})."),)


def _refused(material: Material, story: CloseStory) -> Iterator[Said]:
    who = "wsinspect itself" if story.by_us else "The server"
    after = text.duration(story.age_ns)
    yield (
        own(f"{who} refused the upgrade with "),
        strong(code_name(material)),
        own(f", {after} after the request."),
    )
    if story.connection.failure:
        yield own("The reason: "), peer(story.connection.failure), own(".")
    elif said := answer_body(material):
        yield own("The answer says: "), peer(said, ANSWER_WIDTH), own(".")


def answer_body(material: Material) -> str:
    """What a refusal says after its head, on one line; empty when that is no text."""
    raw = material.handshake.response if material.handshake is not None else b""
    end = head_end(raw)
    try:
        said = raw[end:].decode() if end >= 0 else ""
    except UnicodeDecodeError:
        return ""
    said = " ".join(said.split())
    return said if said.isprintable() and not said.startswith("<") else ""


def _failed(story: CloseStory) -> Iterator[Said]:
    what = "TLS with the server failed" if story.code == 1015 else "The upgrade was never answered"
    after = own(f", {text.duration(story.age_ns)} after the request")
    yield (strong(what), after, own("."))
    if story.connection.failure:
        yield own("The reason: "), peer(story.connection.failure), own(".")
    yield (own(f"Libraries report that as {codes.lookup(story.code).title}, which is never sent."),)


def _closed(material: Material, story: CloseStory) -> Iterator[Said]:
    who = _who(story)
    when = own(f", {text.duration(story.age_ns)} after the opening{_after_message(story)}.")
    if not story.is_wire:
        yield own(f"{who} sent a close frame "), strong("without a code"), when
        yield (own(f"Libraries report that as {codes.lookup(story.code).title}, which is never sent."),)
    else:
        yield own(f"{who} closed the connection with "), strong(code_name(material)), when
        yield (own("Its reason: "), peer(story.reason), own(".")) if story.reason else (own("It gave no reason."),)
    other = "other side" if story.sender is None else story.sender.other.label
    answer = story.answer
    if story.handshake is CloseHandshake.COMPLETE:
        yield (own(f"The {other} answered alike: the close handshake is complete."),)
    elif answer is not None:
        said = "no code" if answer.code is None else codes.lookup(answer.code).title
        yield own(f"The {other} answered with "), strong(said), own(".")
    elif story.connection.closed_ns is not None:
        yield (own(f"The {other} did not answer the close frame."),)


def _cut(story: CloseStory) -> Iterator[Said]:
    ends = ends_in_order(story.connection, story.first_end)
    after = f", {text.duration(story.age_ns)} after the opening{_after_message(story)}"
    if not ends:
        yield own("The connection ended "), strong("without a close frame"), own(f"{after}.")
    else:
        side, end = ends[0]
        said = f"{'reset' if end.how is Ending.RST else 'ended'} TCP ({WORDS[end.how].name}) "
        who = "wsinspect" if end.by_us else f"The {side.label}"
        yield own(f"{who} {said}"), strong("without a close frame"), own(f"{after}.")
    yield (own("Libraries report that as "), strong(codes.lookup(story.code).title), own(", which is never sent."))
    if late := late_close(story):
        yield (own(f"{late[:1].upper()}{late[1:]}, too late to close anything."),)


def _who(story: CloseStory) -> str:
    if story.by_us:
        return "wsinspect"
    return "One side" if story.sender is None else f"The {story.sender.label}"


def _after_message(story: CloseStory) -> str:
    last = story.last_message
    if last is None:
        return ""
    return f" and {text.duration(last.before_ns)} after message {last.row} of the {last.side.label}"


def cause(material: Material) -> Finding | None:
    """The most likely cause."""
    return next((found for found in material.findings if found.is_for and not found.is_note), None)


def advice(material: Material) -> Iterator[tuple[str, Said]]:
    """The most likely cause and what to do, as named lines."""
    found, about = cause(material), entry(material)
    if material.story is None:
        return
    if found is not None:
        name = "Cause" if found.strength is Strength.CERTAIN else "Most likely"
        yield name, (mixed(found.cause), *_because(found))
    elif about is not None and about.severity != "ok":
        yield "Usually", (own(about.when[0].text),) if about.when else (own(about.description),)
    if found is None or found.is_alarm:
        step = found.next_step if found is not None else ""
        if step or (about is not None and about.how):
            yield "Next step", (mixed(step) if step else own(about.how[0].text if about else ""),)
        if found is not None and found.setting:
            yield "Setting", (mixed(found.setting),)
        if about is not None:
            yield "Retry", (own(about.retry_text),)


def _because(found: Finding) -> Said:
    if not found.because:
        return (own(f" ({found.strength.label})"),)
    return own(f" ({found.strength.label}: "), mixed(found.because), own(")")


def is_failure(story: CloseStory | None) -> bool:
    """Whether something is wrong with how a connection ended: as bad as a warning, by the catalogue."""
    if story is None:
        return False
    if story.connection.state in (State.REFUSED, State.FAILED) or story.violations:
        return True
    return codes.severity(story.code) in ("warning", "error")
