"""Closes that the application decided on: logins, policies, limits, its own codes, data it does not take."""

from __future__ import annotations

from wsinspect import codes, text
from wsinspect.codes import VendorCode
from wsinspect.codes.reasons import Subject, subject
from wsinspect.codes.vendors import Candidate, Meaning, recognise
from wsinspect.diagnosis.evidence import Evidence, is_data
from wsinspect.diagnosis.facts import (
    S,
    before_close,
    last_message,
    open_ns,
    path_of,
    prompt_trigger,
    quote,
    said_in,
    trigger,
)
from wsinspect.diagnosis.rules.keepalive import says_ping_timeout
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, MAX_CAUSE, POSSIBLE, STRONG, Rule, fitting, quoted, say
from wsinspect.diagnosis.software import host_of
from wsinspect.model import Finding, Row, RowKind, Side

_LOGIN_CODES = frozenset({1000, 1008, 3000, 4001, 4401})

_BURST = 20
"""Messages within the last second that are taken for a burst."""


def _before(evidence: Evidence, row: Row | None) -> str:
    if row is None or evidence.story is None:
        return "no message of the client came before"
    return f"{text.duration(evidence.story.at_ns - row.at_ns)} after message {row.number}, {said_in(row, 40)}"


def auth_refused(evidence: Evidence) -> Finding | None:
    """The login was missing, wrong or expired, said by code or reason."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or not story.is_wire or says_ping_timeout(evidence.reason):
        return None
    is_code = story.code in (3000, 4401)
    if not is_code and not (
        subject(evidence.reason) is Subject.LOGIN and (story.code in _LOGIN_CODES or 4000 <= story.code < 5000)
    ):
        return None
    if story.code == 3000 and _is_sockjs(evidence):
        return None
    row = trigger(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else f"code {story.code}"
    return say(
        evidence,
        "login-refused",
        STRONG if subject(evidence.reason) is Subject.LOGIN else LIKELY,
        "the server refused the login: missing, wrong or expired",
        f"{said}, {_before(evidence, row)}",
        rows=(row,),
        do="connect again with new credentials; a retry with the same ones ends the same way",
    )


def forbidden(evidence: Evidence) -> Finding | None:
    """3003 and its like: known, but not allowed."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or not story.is_wire:
        return None
    is_code = story.code in (3003, 4403)
    if not is_code and not (story.code == 1008 and subject(evidence.reason) is Subject.FORBIDDEN):
        return None
    row = trigger(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else f"code {story.code}"
    return say(
        evidence,
        "forbidden",
        STRONG,
        f"the server does not allow what message {row.number} asked for"
        if row is not None and prompt_trigger(evidence) is row
        else "the server does not allow this client in",
        f"{said}, {_before(evidence, row)}",
        rows=(row,),
        do="ask for something that is allowed, or have the right granted; a retry ends the same way",
    )


def rate_limited(evidence: Evidence) -> Finding | None:
    """Too many messages in too short a time."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or not story.is_wire:
        return None
    says_so = subject(evidence.reason) is Subject.RATE
    if story.code not in (1008, 1013, 4029, 4429) and not (says_so and 4000 <= story.code < 5000):
        return None
    recent = [
        row
        for row in before_close(evidence)
        if row.side is Side.CLIENT and is_data(row) and story.at_ns - row.at_ns <= S
    ]
    if len(recent) < _BURST and not (says_so and story.code != 1013):
        return None
    return say(
        evidence,
        "rate-limited",
        STRONG if says_so else LIKELY,
        "the client sent more than the server allows in this time",
        f"{len(recent)} messages in the last second" + (f", reason {quote(evidence.reason)}" if says_so else ""),
        rows=(recent[-1], recent[0]) if recent else (),
        do="send less often, or in larger pieces; see the service's limits",
    )


def policy(evidence: Evidence) -> Finding | None:
    """1008 for which nothing more is known."""
    if evidence.code != 1008 or evidence.closer is not Side.SERVER or says_ping_timeout(evidence.reason):
        return None
    if auth_refused(evidence) or forbidden(evidence) or rate_limited(evidence):
        return None
    sent = [row for row in before_close(evidence) if row.side is Side.CLIENT and is_data(row)]
    row, known = prompt_trigger(evidence), ""
    if row is not None and (len(sent) > 2 or evidence.reason):
        cause, strength = f"message {row.number} broke a rule of the server's application", STRONG
    elif len(sent) <= 2 and open_ns(evidence) <= 5 * S:
        cause, strength = "the server turned the client away in the first exchange", LIKELY
        known = "; most often it is the login, or the origin"
    else:
        cause, strength = "the client broke a rule of the server's application", LIKELY
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "1008 without a reason"
    return say(
        evidence,
        "policy",
        strength,
        cause,
        f"{said}, {_before(evidence, trigger(evidence))}{known}",
        rows=(trigger(evidence),),
        do="see the server's rule for this message; a retry ends the same way",
    )


def wrong_type(evidence: Evidence) -> Finding | None:
    """1003: text where binary is wanted, or the reverse."""
    closer = evidence.closer
    row = trigger(evidence)
    if evidence.code != 1003 or closer is None or "mask" in evidence.reason.lower():
        return None
    if row is None or row.kind not in (RowKind.TEXT, RowKind.BINARY):
        return say(
            evidence, "wrong-data-type", LIKELY, f"the {closer.label} does not take this type of data", "code 1003"
        )
    wanted = "text" if row.kind is RowKind.BINARY else "binary"
    said = f", reason {quote(evidence.reason)}" if evidence.reason else ""
    return say(
        evidence,
        "wrong-data-type",
        STRONG,
        f"the {closer.other.label} sent a {row.kind.value} message; the {closer.label} takes {wanted} only",
        f"{_before(evidence, row)}{said}",
        rows=(row,),
        do=f"send {wanted} messages, or let the {closer.label} take both",
    )


def overloaded(evidence: Evidence) -> Finding | None:
    """1013: full, try again later."""
    if evidence.code != 1013 or evidence.closer is not Side.SERVER:
        return None
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "code 1013 says so"
    return say(
        evidence,
        "overloaded",
        CERTAIN if evidence.reason else STRONG,
        "the server has no room for this client now: come back later",
        said,
        do="reconnect with growing random delays; if it stays so, the server needs more capacity",
    )


def extension_missing(evidence: Evidence) -> Finding | None:
    """1010: the client needs an extension that the server did not grant."""
    if evidence.code != 1010 or evidence.closer is not Side.CLIENT:
        return None
    asked = {part.split(";")[0].strip() for part in evidence.asked("sec-websocket-extensions").split(",") if part}
    granted = {part.split(";")[0].strip() for part in evidence.connection.extensions.split(",") if part}
    missing = sorted(asked - granted)
    named = text.shorten(text.visible(", ".join(missing)), 22)
    return say(
        evidence,
        "extension-missing",
        CERTAIN if missing else STRONG,
        f"the client needs {named or 'an extension'}, and did not get it",
        "it was in the request, and is not in the server's 101" if missing else "code 1010 says so",
        do="enable the extension in the server and in every proxy, or let the client do without it",
    )


def in_band_error(evidence: Evidence) -> Finding | None:
    """The server's last message before the end is an error of the application's protocol: that is the reason."""
    story = evidence.story
    row = last_message(evidence, Side.SERVER)
    if story is None or row is None or row.kind is not RowKind.TEXT or story.at_ns - row.at_ns > S:
        return None
    if evidence.connection.upgraded_ns is None or story.by_us or not _is_error(row.head):
        return None
    return say(
        evidence,
        "said-in-band",
        STRONG,
        quoted("the server said why: ", row.head),
        f"its last message, {row.number}, came {text.duration(story.at_ns - row.at_ns)} before the end",
        rows=(row,),
        do="take that message for the reason, whatever the code",
    )


_ERROR_STARTS = (b"41", b"44{", b"c[", b"ERROR\n")
"""Engine.IO/Socket.IO disconnect and connect error, SockJS close, STOMP ERROR."""

_ERROR_PARTS = (
    *(b'"type":"error"', b'"type":"disconnect"', b'"type":"connection_error"', b'"type":"close"', b"pusher:error"),
    *(b'{"type":7', b"session_expired", b"auth_invalid", b'"event":"error"', b'"op":9,'),
)


def _is_error(head: bytes) -> bool:
    plain = head.replace(b'": "', b'":"').replace(b'": ', b'":')
    if head == b"41" or (head != b"41" and head.startswith(_ERROR_STARTS[1:])):
        return True
    return any(part in plain for part in _ERROR_PARTS)


def _is_sockjs(evidence: Evidence) -> bool:
    first = next((row for row in evidence.first_rows if row.side is Side.SERVER and is_data(row)), None)
    return first is not None and first.head == b"o"


def vendor_of(evidence: Evidence) -> tuple[Candidate, Meaning] | None:
    """The service at the other end, and what it means by the code; only when more than the path points at it."""
    if evidence.code is None:
        return None
    connection = evidence.connection
    messages = [(row.side, row.head) for row in evidence.first_rows if row.side is not None and is_data(row)]
    for candidate in recognise(host_of(evidence), connection.subprotocol, path_of(connection.path), messages):
        meaning = candidate.vendor.meaning(evidence.code, evidence.reason)
        if meaning is not None and candidate.is_strong:
            return candidate, meaning
    return None


def _inside(sentence: str, name: str) -> str:
    """A sentence of a vendor's table as part of another; names keep their capital."""
    first = sentence.partition(" ")[0].rstrip(":,")
    is_common = first.isalpha() and first[1:] == first[1:].lower() and first not in name
    return (sentence[:1].lower() if is_common else sentence[:1]) + sentence[1:].removesuffix(".")


def vendor_code(evidence: Evidence) -> Finding | None:
    """The code stands in the table of the service at the other end."""
    found = vendor_of(evidence)
    if found is None or evidence.code is None or evidence.closer is None:
        return None
    candidate, meaning = found
    row = prompt_trigger(evidence)
    told = _inside(meaning.meaning, candidate.vendor.name)
    return say(
        evidence,
        "vendor-code",
        STRONG if candidate.is_sure and meaning.is_verified else POSSIBLE,
        fitting(told, f'"{text.shorten(meaning.name, 30)}" by the table of the service'),
        f"recognised by its {' and '.join(candidate.grounds)}; by the table of {candidate.vendor.name}"
        + (f": {told}" if text.cells(told) > MAX_CAUSE else ""),
        about=VendorCode(meaning.topic.vendor, meaning.topic.code, meaning.topic.variant),
        rows=(row,),
        do=meaning.how.removesuffix(".")[:1].lower() + meaning.how.removesuffix(".")[1:],
        is_alarm=codes.lookup(meaning.topic).severity != "ok",
    )


def application_code(evidence: Evidence) -> Finding | None:
    """A code of the application's own, 3000 to 4999, that nobody has a table for."""
    story = evidence.story
    if story is None or not story.is_wire or not 3000 <= story.code < 5000 or evidence.closer is not Side.SERVER:
        return None
    if any(rule(evidence) for rule in (vendor_code, auth_refused, forbidden, rate_limited)):
        return None
    row = last_message(evidence, evidence.closer)
    near = row if row is not None and story.at_ns - row.at_ns <= S else prompt_trigger(evidence)
    like = ""
    if 4400 <= story.code < 4600:
        name = codes.name(codes.HttpStatus(story.code - 4000))
        like = f"; it looks like HTTP {story.code - 4000} {name}"
    return say(
        evidence,
        "application-code",
        LIKELY,
        quoted("the server's application closed: ", evidence.reason)
        if evidence.reason
        else f"the server's application closed with its own code {story.code}",
        (f"message {near.number} before it: {said_in(near, 50)}" if near else "no message just before it") + like,
        rows=(near,),
        do=f"look {story.code} up in the documentation of the application",
    )


RULES: tuple[Rule, ...] = (
    vendor_code,
    rate_limited,
    auth_refused,
    forbidden,
    in_band_error,
    wrong_type,
    overloaded,
    extension_missing,
    policy,
    application_code,
)
