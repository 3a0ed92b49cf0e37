"""Ends without a close frame for which no better explanation was found: at least whose side it was, and how."""

from __future__ import annotations

from wsinspect import text
from wsinspect.decode.endings import WORDS
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import S, before_close, idle_ns, is_browser, open_ns
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, POSSIBLE, STRONG, Rule, say
from wsinspect.model import Ending, Finding, LegEnd, RowKind, Side


def end_of(evidence: Evidence, side: Side) -> LegEnd | None:
    """How the leg of a side ended."""
    return evidence.connection.client_end if side is Side.CLIENT else evidence.connection.server_end


def machine_slept(evidence: Evidence) -> Finding | None:
    """This machine slept while the connection was open: timers ran out on the other side, or on both."""
    story = evidence.story
    if story is None or evidence.connection.upgraded_ns is None:
        return None
    is_timer = evidence.is_cut or story.code in (1011, 1001, 1000)
    slept = [(at_ns, seconds) for at_ns, seconds in evidence.sleeps if 0 <= story.at_ns - at_ns <= 60 * S]
    if not slept or not is_timer:
        return None
    return say(
        evidence,
        "machine-slept",
        STRONG,
        f"this machine slept for {text.duration(slept[-1][1] * S)}",
        f"its clock jumped {text.duration(story.at_ns - slept[-1][0])} before the end; connections seldom survive that",
        do="nothing is wrong with the peers; reconnect after a wake-up",
    )


def unreachable(evidence: Evidence) -> Finding | None:
    """The kernel gave up on one leg: its packets were not acknowledged any more."""
    if not evidence.is_cut or evidence.closer is None:
        return None
    end = end_of(evidence, evidence.closer)
    if end is None or end.how is not Ending.TIMEOUT:
        return None
    return say(
        evidence,
        "unreachable",
        CERTAIN,
        f"the {evidence.closer.label}, or the network to it, is gone: TCP timed out",
        "sent data was never acknowledged",
        do=f"look at the network and power of the {evidence.closer.label}; ping often to notice it sooner",
    )


def server_dropped(evidence: Evidence) -> Finding | None:
    """The server's leg ended first, without a close frame."""
    story = evidence.story
    if story is None or not evidence.is_cut or evidence.closer is not Side.SERVER:
        return None
    end = end_of(evidence, Side.SERVER)
    how = WORDS[end.how].a_sign if end is not None else "an end of TCP"
    rows = [row for row in evidence.rows if row.event is not None and row.side is Side.SERVER]
    is_busy = idle_ns(evidence, Side.SERVER) < S and any(row.side is Side.SERVER for row in before_close(evidence))
    return say(
        evidence,
        "server-dropped",
        LIKELY if is_busy else POSSIBLE,
        "the server's side ended TCP in the middle of its work"
        if is_busy
        else "the server's side ended TCP without a close frame",
        f"{how} from it first, {text.duration(idle_ns(evidence))} after the last frame; "
        + ("killed, crashed, or it dropped the connection" if is_busy else "a kill, a crash, a timer or a gateway"),
        rows=tuple(rows[:1]),
        do="see the server's log at that second; record a second connection beside it: do both end together, "
        "or after the same time?",
    )


def client_dropped(evidence: Evidence) -> Finding | None:
    """The client's leg ended first, without a close frame."""
    story = evidence.story
    if story is None or not evidence.is_cut or evidence.closer is not Side.CLIENT:
        return None
    end = end_of(evidence, Side.CLIENT)
    how = end.how if end is not None else Ending.FIN
    rows = [row for row in evidence.rows if row.event is not None and row.side is Side.CLIENT]
    if is_browser(evidence):
        cause, why = "the browser ended TCP without a close frame", "a crash, a killed tab, or the network"
    elif how is Ending.RST:
        cause, why = "the client reset TCP: killed, crashed, or it gave up", "its process, its code, or a lost network"
    else:
        cause, why = (
            "the client ended TCP without a close frame",
            "its process ended, or its code dropped the connection",
        )
    return say(
        evidence,
        "client-dropped",
        LIKELY,
        cause,
        f"{WORDS[how].a_sign} from it first, {text.duration(idle_ns(evidence))} after the last frame; {why}",
        rows=tuple(rows[:1]),
        do="see the client's log at that second; the server is not the cause",
    )


def client_left_at_once(evidence: Evidence) -> Finding | None:
    """The client left right after the 101 without a frame: it did not accept the answer."""
    if not evidence.is_cut or evidence.closer is not Side.CLIENT or open_ns(evidence) > S:
        return None
    if any(row.kind is not RowKind.EVENT for row in evidence.all_rows):
        return None
    return say(
        evidence,
        "client-left-at-once",
        LIKELY,
        "the client left right after the 101: it did not accept it",
        f"no frame came, and it ended TCP {text.duration(open_ns(evidence))} after the 101; or it had no use for it",
        do="see the client's log; compare what it asked for with what the 101 granted (subprotocol, extensions)",
    )


RULES: tuple[Rule, ...] = (machine_slept, unreachable)
FALLBACKS: tuple[Rule, ...] = (client_left_at_once, client_dropped, server_dropped)
"""After all other rules."""
