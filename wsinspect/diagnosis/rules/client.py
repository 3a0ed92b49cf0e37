"""Closes that the client decided on by itself, most of them nobody's fault."""

from __future__ import annotations

from wsinspect import text
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import PROMPT_NS, is_browser, last_message, quote
from wsinspect.diagnosis.rules.keepalive import says_ping_timeout
from wsinspect.diagnosis.saying import LIKELY, STRONG, Rule, say
from wsinspect.diagnosis.software import is_one_of
from wsinspect.model import Finding, Row, Side


def _last_received(evidence: Evidence) -> Row | None:
    row = last_message(evidence, Side.SERVER)
    return row if row is not None and evidence.story and evidence.story.at_ns - row.at_ns <= PROMPT_NS else None


def page_left(evidence: Evidence) -> Finding | None:
    """1001 from a browser: script cannot send it, so the page was closed, reloaded or left."""
    if evidence.code != 1001 or evidence.closer is not Side.CLIENT or not is_browser(evidence):
        return None
    return say(
        evidence,
        "page-left",
        STRONG,
        "the page was closed, reloaded or left",
        "1001 from a browser; a script cannot send it",
        is_alarm=False,
    )


def client_leaves(evidence: Evidence) -> Finding | None:
    """1001 from a client that is no browser, or does not say so."""
    if evidence.code != 1001 or evidence.closer is not Side.CLIENT or is_browser(evidence):
        return None
    if says_ping_timeout(evidence.reason):
        return None
    return say(
        evidence,
        "client-leaves",
        STRONG,
        "the client is going away: its page or program was closed",
        f"1001 from the client{', reason ' + quote(evidence.reason) if evidence.reason else ''}",
        is_alarm=False,
    )


def client_done(evidence: Evidence) -> Finding | None:
    """1000 from the client: closed on purpose."""
    if evidence.code != 1000 or evidence.closer is not Side.CLIENT or says_ping_timeout(evidence.reason):
        return None
    row = _last_received(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "code 1000"
    last = (
        f", {text.duration(evidence.story.at_ns - row.at_ns)} after message {row.number}"
        if row and evidence.story
        else ""
    )
    return say(
        evidence,
        "client-done",
        STRONG,
        "the client closed on purpose; nothing is wrong",
        said + last,
        rows=(row,),
        is_alarm=False,
    )


def client_code(evidence: Evidence) -> Finding | None:
    """3000 to 4999 from the client: its application closed, mostly because of what it received."""
    story = evidence.story
    if story is None or not story.is_wire or not 3000 <= story.code < 5000 or evidence.closer is not Side.CLIENT:
        return None
    row = _last_received(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else f"code {story.code}"
    return say(
        evidence,
        "client-decided",
        STRONG,
        "the client's application closed "
        + (f"on message {row.number} of the server" if row is not None else "on purpose"),
        said,
        rows=(row,),
        do=f"see in the client's code when it closes with {story.code}",
    )


def client_failed(evidence: Evidence) -> Finding | None:
    """1011 from the client, or 1008 from a Jetty client: its own code raised."""
    is_jetty = evidence.code == 1008 and is_one_of(evidence, Side.CLIENT, "jetty")
    if (evidence.code != 1011 and not is_jetty) or evidence.closer is not Side.CLIENT:
        return None
    if says_ping_timeout(evidence.reason):
        return None
    row = _last_received(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else f"{evidence.code} from the client"
    if is_jetty:
        said += "; a Jetty client closes with 1008 when its own listener fails"
    return say(
        evidence,
        "client-failed",
        STRONG if row is not None else LIKELY,
        "the client's own code failed" + (f" on message {row.number} of the server" if row is not None else ""),
        said,
        rows=(row,),
        do="find the exception in the client's log; the server is not the cause",
    )


def empty_close(evidence: Evidence) -> Finding | None:
    """A close frame without a code: ``close()`` was called without one."""
    story, closer = evidence.story, evidence.closer
    if story is None or story.code != 1005 or story.is_wire or closer is None:
        return None
    if evidence.connection.close_frame is None or story.violations:
        return None
    return say(
        evidence,
        "closed-without-code",
        LIKELY,
        f"the {closer.label} closed on purpose and gave no code",
        "an empty close frame: close() was called without a code",
        rows=(evidence.connection.close_frame[1].row,),
        do="give a code and a reason, so that the other side can tell what happened",
        is_alarm=False,
    )


RULES: tuple[Rule, ...] = (page_left, client_leaves, client_done, client_code, client_failed, empty_close)
