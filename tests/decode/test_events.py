"""Events read as sentences, and hold together when facts are missing or of the wrong type."""

from __future__ import annotations

import pytest

from wsinspect.decode.events import event_sentence
from wsinspect.model import Ending, Event, EventKind, Side

C, S = Side.CLIENT, Side.SERVER


@pytest.mark.parametrize(
    ("kind", "side", "facts", "sentence"),
    [
        (EventKind.END, S, {"how": "rst", "by": "peer"}, "server ended TCP: RST"),
        (EventKind.END, C, {"how": "fin", "by": "peer"}, "client ended TCP: FIN"),
        (EventKind.END, S, {"how": "timeout"}, "server no longer answers: TCP timed out"),
        (EventKind.END, C, {"how": "fin", "by": "us"}, "wsinspect ended TCP with the client: FIN"),
        (
            EventKind.END,
            S,
            {"how": "timeout", "by": "us"},
            "wsinspect ended TCP with the server: it no longer answered",
        ),
        (
            EventKind.END,
            S,
            {"how": "rst", "by": "peer", "undelivered": 4200},
            "server ended TCP: RST; 4.2 kB for it could not be delivered",
        ),
        (EventKind.END, None, {"how": "od\x1bd"}, r"a peer ended: od\x1bd"),
        (EventKind.END, None, {"how": 7, "by": "us"}, "wsinspect ended a leg"),
        (EventKind.FAILED, S, {"stage": "tcp", "problem": "refused"}, "the server was not reached: refused"),
        (EventKind.FAILED, S, {"stage": "tls", "problem": "bad\ncert"}, r"TLS with the server failed: bad\ncert"),
        (EventKind.FAILED, None, {}, "the connection failed"),
        (
            EventKind.TRUNCATED,
            S,
            {"at": 0, "arrived": 12, "announced": 4096},
            "server's stream ended inside a frame: 12 of 4,096 bytes",
        ),
        (
            EventKind.TRUNCATED,
            C,
            {"arrived": 1, "announced": -1},
            "client's stream ended inside a message: 1 byte of it arrived",
        ),
        (
            EventKind.TRUNCATED,
            S,
            {"arrived": 100, "announced": 50},
            "server's stream ended inside a message: 100 bytes of it arrived",
        ),
        (EventKind.TRUNCATED, None, {}, "stream ended inside a message"),
        (
            EventKind.DROPPED,
            None,
            {"rows": 1204, "keep": "the file under 2.0 GB"},
            "1,204 rows were dropped to keep the file under 2.0 GB",
        ),
        (EventKind.DROPPED, None, {"rows": 1, "keep": "the last\n24 h"}, r"1 row was dropped to keep the last\n24 h"),
        (EventKind.DROPPED, None, {"rows": "x"}, "earlier rows were dropped"),
        (
            EventKind.GAP,
            C,
            {"bytes": 4200, "messages": 1, "why": "the disk is nearly full"},
            "4.2 kB from the client (1 message) not recorded: the disk is nearly full",
        ),
        (EventKind.GAP, None, {"bytes": 0, "messages": 0}, "0 B not recorded"),
        (EventKind.GAP, None, {"bytes": "many"}, "traffic not recorded"),
        (EventKind.SLEEP, None, {"seconds": 731.4}, "the machine slept 12 min"),
        (EventKind.SLEEP, None, {"seconds": 45}, "the machine slept 45 s"),
        (EventKind.SLEEP, None, {"seconds": 12000}, "the machine slept 3 h 20 min"),
        (EventKind.GAP, None, {"bytes": 10**400, "messages": float("inf")}, "traffic not recorded"),
        (EventKind.SLEEP, None, {"seconds": float("nan")}, "the machine slept"),
        (EventKind.NOTE, None, {"text": "all\tis well"}, r"all\tis well"),
        (EventKind.NOTE, None, {}, ""),
    ],
)
def test_sentences(
    kind: EventKind, side: Side | None, facts: dict[str, str | int | float | None], sentence: str
) -> None:
    assert event_sentence(Event(kind, facts), side) == sentence


def test_every_ending_has_words_for_both_causes() -> None:
    for how in Ending:
        for by in ("peer", "us"):
            sentence = event_sentence(Event(EventKind.END, {"how": how.value, "by": by}), Side.SERVER)
            assert "server" in sentence
            assert f"ended: {how.value}" not in sentence
            assert sentence.endswith(("FIN", "RST", "answered", "out", "close_notify", "alert"))
