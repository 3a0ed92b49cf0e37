"""Broken rules of the protocol that the other side closed for: masks, reserved bits, UTF-8, fragments, close codes."""

from __future__ import annotations

from wsinspect import text
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import Broken, S, broken, first_broken, quote
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, fitting, say
from wsinspect.model import Finding, RowKind, Side

_SOON_NS = S
"""How soon a receiver refuses what it does not accept."""

_HTTP = b"HTTP/1."

_BROKEN_DATA = "the compressed data is broken"
"""How the inflater's own verdict begins; other problems are limits of ours and prove nothing."""

REFUSING_CODES = frozenset({1002, 1003, 1007, 1008, 1009, 1010, 1011})
"""Codes with which some library answers broken frames; others drop the connection, or close without a code."""


def was_refused(evidence: Evidence, found: Broken | None) -> bool:
    """Whether the other side closed because of a broken rule: soon after it, and in a way that libraries do."""
    story = evidence.story
    if found is None or story is None or found.row.side is None or evidence.closer is not found.row.side.other:
        return False
    is_refusal = evidence.is_cut or story.code in REFUSING_CODES or not story.is_wire
    return is_refusal and -_SOON_NS <= story.at_ns - found.row.at_ns <= _SOON_NS


def http_in_stream(evidence: Evidence) -> Finding | None:
    """The server wrote an HTTP response where frames belong: 0x48 0x54 reads as a broken close frame."""
    at: int | None = None
    said = b""
    for row in evidence.all_rows:
        # H and T are taken for the header of an unmasked control frame, the rest for its payload.
        if row.side is Side.SERVER and row.kind is RowKind.CLOSE and (b"HT" + row.head).startswith(_HTTP):
            at, said = row.number, b"HT" + row.head
            break
    if at is None and evidence.unfinished[Side.SERVER].startswith(_HTTP):
        at, said = evidence.connection.rows, evidence.unfinished[Side.SERVER]
    if at is None:
        return None
    return say(
        evidence,
        "http-in-stream",
        CERTAIN,
        "the server wrote an HTTP response into the open WebSocket",
        f"where a frame belongs stands {quote(said.partition(bytes([13]))[0], 40)}",
        rows=(at,),
        do="see which part of the server answers HTTP after the upgrade; the Werkzeug development server does at "
        "the end of a handler, and Socket.IO 4 to an older client",
    )


_ILLEGAL = {
    "close-one-byte": "sent a close frame with half a code",
    "close-reason-utf8": "sent a close reason that is not UTF-8",
    "control-long": "sent a close frame that is too long",
}
"""What is wrong with a close frame, by the rule it broke; else it is the code."""


def illegal_code(evidence: Evidence) -> Finding | None:
    """The first close frame carries a code that may not be on the wire, or half a code."""
    story = evidence.story
    if story is None or not story.violations or http_in_stream(evidence) is not None:
        return None
    first, first_broken_rule = evidence.connection.close_frame, story.violations[0]
    sender = "the sender" if story.sender is None else f"the {story.sender.label}"
    known = {
        1006: "ttyd does so when its child fails, AnyCable when a handler does",
    }.get(story.code if story.is_wire else 0, "")
    return say(
        evidence,
        "illegal-close",
        CERTAIN,
        f"{sender} " + _ILLEGAL.get(first_broken_rule.rule, f"closed with {story.code}, which must not be sent"),
        "; ".join(filter(None, (first_broken_rule.detail, known or first_broken_rule.source))),
        rows=(first[1].row if first else None,),
        do=f"correct what {sender} sends; take a 1002 in answer for a consequence of it",
    )


def mask(evidence: Evidence) -> Finding | None:
    """Client frames must be masked, server frames must not be; the other side closed because of it."""
    found = broken(evidence, "mask-missing", "mask-present")
    if found is None or not was_refused(evidence, found):
        return None
    is_client = found.row.side is Side.CLIENT
    return say(
        evidence,
        "mask",
        CERTAIN,
        f"the {'client' if is_client else 'server'} sent a frame {'without a mask' if is_client else 'with a mask'}"
        f"; the {'server' if is_client else 'client'} refused it",
        f"row {found.row.number}: {found.violation.detail}",
        rows=(found.row,),
        do="mask every frame with a new key: home-made clients and proxies that inject frames forget it"
        if is_client
        else "the server is built on a client's code: send frames without a mask",
    )


def bad_utf8(evidence: Evidence) -> Finding | None:
    """A text message that is not UTF-8, refused."""
    found = broken(evidence, "text-utf8")
    if found is None or not was_refused(evidence, found) or found.row.side is None:
        return None
    if any(violation.rule == "rsv1" for violation in found.row.violations):
        return None  # compressed bytes are no text
    side = found.row.side
    return say(
        evidence,
        "bad-utf8",
        CERTAIN,
        f"the {side.label} sent a text message that is not UTF-8",
        f"row {found.row.number}: {found.violation.detail}",
        rows=(found.row,),
        do=f"encode text as UTF-8 in the {side.label}, or send it as binary",
    )


def unagreed_compression(evidence: Evidence) -> Finding | None:
    """RSV1 without permessage-deflate: one side compresses, the other did not agree to it."""
    found = broken(evidence, "rsv1")
    if found is None or not was_refused(evidence, found) or found.row.side is None:
        return None
    if http_in_stream(evidence) is not None or "permessage-deflate" in evidence.connection.extensions:
        return None
    side = found.row.side
    return say(
        evidence,
        "compression-not-agreed",
        STRONG,
        f"the {side.label} compressed a frame, and no compression was agreed",
        f"row {found.row.number} has RSV1; Sec-WebSocket-Extensions of the answer names no permessage-deflate",
        rows=(found.row,),
        do="compare that header on both sides of every proxy: one of them may strip it; or switch compression off",
    )


def inflate_failed(evidence: Evidence) -> Finding | None:
    """A compressed message that could not be inflated, and the receiver closed on it."""
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None or "permessage-deflate" not in evidence.connection.extensions:
        return None
    if not evidence.is_cut and story.code not in (1002, 1007, 1008, 1010):
        return None
    compressed = [
        row
        for row in evidence.rows
        if row.side is closer.other and row.is_compressed and abs(story.at_ns - row.at_ns) <= _SOON_NS
    ]
    failed = next((row for row in compressed if row.problem.startswith(_BROKEN_DATA)), None)
    says_so = any(word in evidence.reason.lower() for word in ("decompress", "inflat", "deflat", "zlib"))
    if failed is None and not (says_so and compressed):
        return None
    row = failed or compressed[-1]
    return say(
        evidence,
        "inflate-failed",
        CERTAIN if failed is not None else STRONG,
        f"the {closer.label} could not inflate a message of the {closer.other.label}",
        text.shorten(text.visible(row.problem), 80) if failed is not None else f"reason {quote(evidence.reason)}",
        rows=(row,),
        do="switch permessage-deflate off to prove it; then look at context takeover and window bits of both sides",
    )


def interleaved(evidence: Evidence) -> Finding | None:
    """Fragments of two messages mixed: two writers send at once."""
    found = broken(evidence, "message-in-message", "continuation-of-nothing")
    if found is None or not was_refused(evidence, found) or found.row.side is None:
        return None
    return say(
        evidence,
        "fragments-mixed",
        STRONG,
        f"the {found.row.side.label} mixed the fragments of two messages",
        f"row {found.row.number}: {found.violation.detail}",
        rows=(found.row,),
        do=f"let only one task of the {found.row.side.label} send at a time (a lock, or a queue)",
    )


_SPECIFIC: tuple[Rule, ...] = (http_in_stream, mask, bad_utf8, unagreed_compression, interleaved)
"""Rules that name the broken rule better than ``broken_frame`` can."""


def broken_frame(evidence: Evidence) -> Finding | None:
    """Any other broken rule that the other side closed for."""
    closer = evidence.closer
    if any(rule(evidence) is not None for rule in _SPECIFIC):
        return None
    found = first_broken(evidence, closer.other) if closer is not None else None
    if found is None or closer is None or not was_refused(evidence, found):
        return None
    return say(
        evidence,
        "broken-frame",
        CERTAIN if evidence.code in (1002, 1007) else STRONG,
        fitting(
            f"the {closer.other.label} broke the protocol: {found.violation.detail}",
            f"the {closer.other.label} broke the protocol",
        ),
        f"row {found.row.number}: {found.violation.detail}; {found.violation.source}",
        rows=(found.row,),
        do=f"correct or update the library of the {closer.other.label}",
    )


def refused_frame(evidence: Evidence) -> Finding | None:
    """A side says that it refused a frame, and nothing is wrong with what is recorded."""
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None or not story.is_wire or story.code not in (1002, 1007):
        return None
    if evidence.connection.close_frame is None or first_broken(evidence, closer.other) is not None:
        return None
    seen = next((row for row in reversed(evidence.rows) if row.side is closer.other and row.at_ns <= story.at_ns), None)
    said = f"reason {quote(evidence.reason)}" if story.reason else "it gave no reason"
    return say(
        evidence,
        "refused-without-fault",
        LIKELY,
        f"the {closer.label} refused what it received; nothing recorded is wrong",
        said,
        rows=(seen,),
        do="suspect the application: some servers answer its errors or plain silence with 1002; see the "
        f"{closer.label}'s log",
    )


RULES: tuple[Rule, ...] = (
    http_in_stream,
    illegal_code,
    mask,
    bad_utf8,
    unagreed_compression,
    inflate_failed,
    interleaved,
    broken_frame,
    refused_frame,
)
