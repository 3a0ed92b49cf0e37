"""What is beside the cause: the answer to the close, fingerprints, what each code may mean; notes, never the cause."""

from __future__ import annotations

from itertools import pairwise

from wsinspect import text
from wsinspect.codes.receivers import refusing
from wsinspect.diagnosis.evidence import Evidence, is_data
from wsinspect.diagnosis.facts import S, broken, quote
from wsinspect.diagnosis.gateways import LimitKind, gateways, limits
from wsinspect.diagnosis.rules.framing import was_refused
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, POSSIBLE, STRONG, Rule, say
from wsinspect.model import CloseHandshake, Finding, Row, RowKind, SeenClose, Side


def _answer(evidence: Evidence) -> SeenClose | None:
    return evidence.story.answer if evidence.story is not None else None


def _answerer(evidence: Evidence) -> Side | None:
    story = evidence.story
    return story.sender.other if story is not None and story.sender is not None and not story.by_us else None


def old_list(evidence: Evidence) -> Finding | None:
    """1012 to 1014 answered with 1002: the receiver's list of codes is older than these."""
    answer, who = _answer(evidence), _answerer(evidence)
    if answer is None or who is None or evidence.code not in (1012, 1013, 1014) or answer.code != 1002:
        return None
    names = [receiver.name for receiver in refusing(evidence.code)]
    return say(
        evidence,
        "code-not-known",
        STRONG,
        f"the {who.label}'s library does not know {evidence.code} and answered 1002: the first code is the true one",
        f"known to do so: {', '.join(names[:3])}" if names else "1002 came in answer",
        rows=(answer.row,),
        do=f"update the {who.label}'s library, or close with 1001 or 1011 instead",
        is_note=True,
    )


def answered_empty(evidence: Evidence) -> Finding | None:
    """3000 to 3999 answered with an empty close: uWebSockets takes such codes for invalid."""
    answer, who = _answer(evidence), _answerer(evidence)
    code = evidence.code
    if answer is None or who is None or code is None or not 3000 <= code < 4000 or answer.code is not None:
        return None
    return say(
        evidence,
        "answered-empty",
        LIKELY,
        f"the {who.label} is probably uWebSockets: it answers {code} with an empty close and reports 1006",
        "its source treats 1012 to 3999 as invalid",
        rows=(answer.row,),
        do="use 4000 to 4999 towards it",
        is_note=True,
    )


def habitual_1000(evidence: Evidence) -> Finding | None:
    """Some libraries answer every close with 1000."""
    answer, who = _answer(evidence), _answerer(evidence)
    if answer is None or who is None or evidence.code in (None, 1000) or answer.code != 1000 or answer.reason:
        return None
    return say(
        evidence,
        "habitual-1000",
        LIKELY,
        f"the {who.label}'s answer 1000 is a habit of its library, not a second opinion",
        "aiohttp, Autobahn, npm websocket, websocket-client and Bandit answer so whatever they received",
        rows=(answer.row,),
        do="explain the first close and ignore the answer",
        is_note=True,
    )


def echo_without_reason(evidence: Evidence) -> Finding | None:
    """The code was echoed and the reason was not."""
    story, answer, who = evidence.story, _answer(evidence), _answerer(evidence)
    if story is None or answer is None or who is None or not story.reason or answer.reason:
        return None
    if answer.code != story.code or not story.is_wire:
        return None
    return say(
        evidence,
        "echo-without-reason",
        POSSIBLE,
        f"the {who.label} echoes the code without the reason, as gorilla, Tornado and undici do",
        "a hint at the library, nothing wrong",
        rows=(answer.row,),
        is_alarm=False,
        is_note=True,
    )


def simultaneous(evidence: Evidence) -> Finding | None:
    """Both sides sent a close of their own before they could have seen the other's."""
    story, answer = evidence.story, _answer(evidence)
    rtt_ns = evidence.connection.rtt_ns
    if story is None or answer is None or story.handshake is not CloseHandshake.DIFFERENT or rtt_ns is None:
        return None
    if answer.at_ns - story.at_ns > rtt_ns // 2 or answer.code in (1000, 1002, None):
        return None
    return say(
        evidence,
        "simultaneous-close",
        POSSIBLE,
        f"both sides seem to have closed at once: {story.code} and {answer.code} are reasons of their own",
        f"{text.duration(answer.at_ns - story.at_ns)} lie between, less than half a round trip",
        rows=(answer.row,),
        is_note=True,
    )


_WAITS = {5: "Tornado, coder/websocket", 10: "Python websockets, aiohttp", 30: "Node ws, Tomcat", 60: "Chrome, OkHttp"}
"""How long libraries wait for the answer to their close, in seconds."""


def close_ignored(evidence: Evidence) -> Finding | None:
    """A close frame without an answer."""
    story, who = evidence.story, _answerer(evidence)
    if story is None or who is None or story.handshake is not CloseHandshake.UNANSWERED:
        return None
    end = evidence.connection.client_end if who is Side.SERVER else evidence.connection.server_end
    waited = 0 if end is None else max(0, end.at_ns - story.at_ns)
    if waited < S:
        return None
    known = next((names for seconds, names in _WAITS.items() if abs(waited - seconds * S) <= S // 2), "")
    return say(
        evidence,
        "close-ignored",
        LIKELY,
        f"the {who.label} did not answer the close; the {who.other.label} waited {text.duration(waited)} and left",
        f"{known} wait so long" if known else "no close frame came back",
        do=f"see why the {who.label} does not read: a blocked handler, full buffers, or it was gone already",
        is_note=True,
    )


def ambiguous_code(evidence: Evidence) -> Finding | None:
    """3000, 3003 and 3008 were used with other meanings before they were registered."""
    if evidence.code not in (3000, 3003, 3008):
        return None
    first = next((row for row in evidence.first_rows if row.side is Side.SERVER and is_data(row)), None)
    sockjs = first is not None and (first.head == b"o" or first.head.startswith((b"a[", b"c[")))
    if sockjs and evidence.code == 3000:
        cause, because = "this is SockJS: its 3000 means that the session ended, not Unauthorized", 'its frame "o"'
    elif evidence.reason:
        return None
    else:
        cause = f"{evidence.code} without a reason may not mean what is registered"
        because = "SockJS, Centrifugo, AssemblyAI and others use it otherwise"
    return say(
        evidence,
        "ambiguous-code",
        STRONG if sockjs else POSSIBLE,
        cause,
        because,
        rows=(first,) if sockjs else (),
        do="look the code up in the application's own documentation",
        is_note=True,
    )


def refused_by_client(evidence: Evidence) -> Finding | None:
    """1002, 1003, 1007 or 1009 from the client: its library refused what the server sent."""
    if evidence.closer is not Side.CLIENT or evidence.code not in (1002, 1003, 1007, 1009):
        return None
    last = next((row for row in reversed(evidence.rows) if row.side is Side.SERVER and is_data(row)), None)
    return say(
        evidence,
        "refused-by-client",
        CERTAIN,
        f"the client's library refused what the server sent ({evidence.code} came from the client)",
        "a script in a browser sees only 1006",
        rows=(last,),
        do="look at the server's last frame",
        is_note=True,
    )


def tolerated(evidence: Evidence) -> Finding | None:
    """A broken rule that the other side put up with: another library will not."""
    row = evidence.violation_row
    if row is None or row.side is None or not row.violations or row.kind is RowKind.CLOSE:
        return None
    found = broken(evidence, row.violations[0].rule)
    if found is None or was_refused(evidence, found) or found.row.side is None:
        return None
    return say(
        evidence,
        "tolerated-violation",
        STRONG,
        f"the {found.row.side.label} broke a rule that the other side put up with: {found.violation.detail}",
        f"row {found.row.number}, {found.violation.source}",
        rows=(found.row,),
        do="correct it: another library will close for it",
        is_note=True,
    )


def unsolicited_pongs(evidence: Evidence) -> Finding | None:
    """Empty pongs that answer nothing: .NET's keepalive."""
    for side in Side:
        pongs: list[Row] = []
        is_asked = False
        for row in evidence.all_rows:
            if row.kind is RowKind.PING and row.side is side.other:
                is_asked = True
            elif row.kind is RowKind.PONG and row.side is side:
                if not is_asked and not row.head:
                    pongs.append(row)
                is_asked = False
        if len(pongs) >= 2:
            return say(
                evidence,
                "unsolicited-pongs",
                LIKELY,
                f"the {side.label} sends pongs that nobody asked for: it is probably .NET; harmless",
                f"{len(pongs)} empty pongs without a ping",
                rows=tuple(pongs[:5]),
                is_alarm=False,
                is_note=True,
            )
    return None


def ping_fingerprint(evidence: Evidence) -> Finding | None:
    """The pings' period and payload tell the library."""
    for side in Side:
        pings = [row for row in evidence.all_rows if row.kind is RowKind.PING and row.side is side]
        gaps = [(later.at_ns - row.at_ns) / S for row, later in pairwise(pings)]
        if not gaps:
            continue
        period = sorted(gaps)[len(gaps) // 2]
        name = _pinger(period, pings[-1].size)
        if name:
            return say(
                evidence,
                "ping-fingerprint",
                LIKELY,
                f"the {side.label}'s pings look like those of {name}",
                f"{pings[-1].size} bytes every {period:.0f} s",
                rows=tuple(pings[:3]),
                is_alarm=False,
                is_note=True,
            )
    return None


def _pinger(period_s: float, size: int) -> str:
    if size == 4 and 19 <= period_s <= 21:
        return "Python websockets or uvicorn"
    if size == 0 and 54 <= period_s <= 56:
        return "Home Assistant"
    return "a newer .NET" if size == 8 and 29 <= period_s <= 31 else ""


def hops(evidence: Evidence) -> Finding | None:
    """A gateway in sight that ends silent connections."""
    if not evidence.is_cut:
        return None
    for seen in gateways(evidence):
        found = [limit for limit in limits(evidence, LimitKind.IDLE) if limit.product == seen.key and seen.key]
        if found and found[0].is_verified:
            return say(
                evidence,
                "gateway-limit",
                CERTAIN if seen.is_verified else POSSIBLE,
                f"{seen.name} stands before the server and ends silent connections by itself",
                seen.grounds,
                setting=found[0].setting,
                is_note=True,
            )
    return None


def whose_side(evidence: Evidence) -> Finding | None:
    """Which leg ended first, before any code: the fault lies on that side of wsinspect, or the close came from it."""
    story, side = evidence.story, evidence.closer
    if story is None or side is None or not evidence.is_cut:
        return None
    other = evidence.connection.client_end if side is Side.SERVER else evidence.connection.server_end
    first = evidence.connection.server_end if side is Side.SERVER else evidence.connection.client_end
    if first is None or other is None:
        return None
    where = (
        "upstream of wsinspect: the server or a gateway before it"
        if side is Side.SERVER
        else ("downstream of wsinspect: the client or the network to it")
    )
    return say(
        evidence,
        "whose-side",
        CERTAIN,
        f"it ended {where}",
        f"the {side.label}'s leg ended {text.duration(max(0, other.at_ns - first.at_ns))} before the other",
        is_note=True,
    )


def fin_is_not_graceful(evidence: Evidence) -> Finding | None:
    """Behind a gateway a killed server looks like a FIN."""
    end = evidence.connection.server_end
    if not evidence.is_cut or evidence.closer is not Side.SERVER or end is None or end.how.value != "fin":
        return None
    before = gateways(evidence)
    if not before:
        return None
    return say(
        evidence,
        "fin-through-gateway",
        STRONG,
        f"the FIN is {before[0].name}'s: behind a gateway a killed server looks the same as an orderly end",
        before[0].grounds,
        do="look at the server behind it before you take the FIN for an orderly end",
        is_note=True,
    )


def seen_elsewhere(evidence: Evidence) -> Finding | None:
    """A reason that a log of the client would not show: it closed itself, and reports 1006."""
    if evidence.closer is not Side.CLIENT or evidence.code is None or evidence.connection.server_close is not None:
        return None
    return say(
        evidence,
        "client-log-differs",
        STRONG,
        f"the client's own log may say 1006 although it sent {evidence.code} itself",
        f"no close frame came back to it, reason sent {quote(evidence.reason, 40)}"
        if evidence.reason
        else "no close frame came back to it",
        is_note=True,
    )


RULES: tuple[Rule, ...] = (
    old_list,
    answered_empty,
    habitual_1000,
    simultaneous,
    close_ignored,
    ambiguous_code,
    refused_by_client,
    tolerated,
    whose_side,
    fin_is_not_graceful,
    hops,
    seen_elsewhere,
    echo_without_reason,
    unsolicited_pongs,
    ping_fingerprint,
)
