"""Timers, restarts, fleets, and the notes."""

from __future__ import annotations

import base64
import json

from tests.diagnosis.building import CLIENT, SERVER, START, Made, S, opened
from tests.diagnosis.rules.table import Pair, Table
from wsinspect.diagnosis.rules import answers, fleet, restarts, timeouts
from wsinspect.model import Ending

NGINX = "Server: nginx/1.22.1"


def _quiet(number: int, opened_at: int, silence: float) -> Made:
    """Says one thing, then nothing, and is cut."""
    return opened(number=number, opened=opened_at).text(CLIENT, 10).ends(SERVER, 10 + silence)


def _flowing(number: int, opened_at: int, age: int) -> Made:
    """Ticks every second until it is cut."""
    made = opened(number=number, opened=opened_at)
    for at in range(100, age, max(100, age // 50)):
        made.text(SERVER, at)
    return made.ends(SERVER, age + 1)


def _phoenix(code: int, reason: str = "") -> Made:
    return opened("server: Cowboy", path="/socket/websocket").text(CLIENT, 10).shut(SERVER, 60_010, code, reason)


def _pinged(age: int) -> Made:
    made = opened().text(CLIENT, 10)
    for at in range(20 * S, age, 20 * S):
        made.ping(CLIENT, at).pong(SERVER, at + 1)
    return made.shut(SERVER, 10 + age, 1001)


TIMEOUTS: Table = {
    timeouts.idle_timeout: Pair(
        opened(NGINX).text(CLIENT, 10).ends(SERVER, 60_010).evidence(),
        opened(NGINX).text(CLIENT, 10).ends(SERVER, 7_350).evidence(),
    ),
    timeouts.idle_close: Pair(_phoenix(1000).evidence(), _phoenix(1000, "done").evidence()),
    timeouts.lifetime_limit: Pair(_flowing(1, 0, 3600 * S).evidence(), _flowing(1, 0, 2111 * S).evidence()),
    timeouts.forgotten_flow: Pair(
        opened().text(SERVER, 10).text(CLIENT, 400 * S).ends(SERVER, 400 * S + 30, Ending.RST).evidence(),
        opened().text(SERVER, 10).text(CLIENT, 400 * S).ends(SERVER, 400 * S + 30, Ending.FIN).evidence(),
    ),
    timeouts.pings_one_way: Pair(_pinged(600 * S).evidence(), _pinged(433 * S).evidence()),
}

TOGETHER = [_flowing(number, 100 * number, 9 * S - 100 * number) for number in (2, 3, 4)]
IN_TURN = [_quiet(number, 300 * (number - 1), 2 * S) for number in (2, 3)]


def _closed(number: int, at: int, code: int, opened_at: int = 0) -> Made:
    return opened(number=number, opened=opened_at).text(SERVER, 5).shut(SERVER, at, code)


RESTARTS: Table = {
    restarts.says_restart: Pair(_closed(1, 900, 1012).evidence(), opened().shut(CLIENT, 900, 1012).evidence()),
    restarts.process_died: Pair(_flowing(1, 0, 9 * S).evidence(*TOGETHER), _quiet(1, 0, 2 * S).evidence(*IN_TURN)),
    restarts.caddy_reloaded: Pair(
        opened("Server: Caddy").shut(SERVER, 900, 1001).evidence(),
        opened("Server: nginx").shut(SERVER, 900, 1001).evidence(),
    ),
    restarts.going_away: Pair(
        _closed(1, 900, 1001).evidence(), opened().shut(SERVER, 900, 1001, "Connection Idle Timeout").evidence()
    ),
    restarts.stopped_with_all: Pair(
        _closed(1, 9000, 1011).evidence(*(_closed(n, 9000 - 500 * n, 1011, 500 * n) for n in (2, 3, 4))),
        _closed(1, 9000, 1011).evidence(*(_closed(n, 9000, 1011, 5 * S * n) for n in (2, 3, 4))),
    ),
}


def _token(expires_s: int) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "ana", "exp": expires_s})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return f"Authorization: Bearer {'.'.join([*encoded, 'c2ln'])}"


BEGIN_S = START // 1_000_000_000


def _again(number: int, client: str = "127.0.0.1:52000") -> Made:
    return opened(number=number, opened=500 * number, client=client).shut(SERVER, 20, 1008, "no")


OLD = [_flowing(number, 0, 20 * S) for number in (2, 3)]
NEW = [opened(number=number, opened=10 * S).text(SERVER, 20) for number in (4, 5)]


def _at(address: str, number: int, code: int = 1011) -> Made:
    made = opened(number=number, opened=700 * number).shut(SERVER, 5000, code)
    made.facts["server"] = address
    return made


_BESIDE = (_at("10.0.0.7:443", 2), _at("10.0.0.7:443", 3))

FLEET: Table = {
    fleet.token_expired: Pair(
        opened().asks(_token(BEGIN_S + 60)).shut(SERVER, 60_400, 4001).evidence(),
        opened().asks(_token(BEGIN_S + 600)).shut(SERVER, 60_400, 4001).evidence(),
    ),
    fleet.old_worker: Pair(_flowing(1, 0, 20 * S).evidence(*OLD, *NEW), _flowing(1, 0, 20 * S).evidence(*OLD)),
    fleet.reconnect_wave: Pair(
        _closed(20, 10, 1013, 5000).evidence(*(_closed(n, 12, 1013, 5000 + n) for n in range(2, 12))),
        _closed(20, 10, 1013, 5000).evidence(*(_closed(n, 12, 1013, 5000 * n) for n in range(2, 12))),
    ),
    fleet.shared_age: Pair(
        _flowing(1, 0, 7 * S).evidence(*(_flowing(n, 900 * n, 7 * S) for n in (2, 3))),
        _flowing(1, 0, 7 * S).evidence(*(_flowing(n, 0, 7 * S) for n in (2, 3))),
    ),
    fleet.reconnect_loop: Pair(
        _again(9).evidence(*map(_again, (5, 6, 7, 8))),
        _again(9).evidence(*(_again(n, f"10.0.0.{n}:5") for n in (5, 6, 7, 8))),
    ),
    fleet.one_address: Pair(
        _at("10.0.0.7:443", 1).evidence(*_BESIDE, *(_at("10.0.0.8:443", n, 1000) for n in (4, 5, 6))),
        _at("10.0.0.7:443", 1).evidence(*_BESIDE, *(_at("10.0.0.8:443", n) for n in (4, 5, 6))),
    ),
    fleet.widely_spread: Pair(
        _flowing(1, 0, 9 * S).evidence(*(_flowing(n, 40 * S * n, 1000 * n * n) for n in range(2, 8))),
        _flowing(1, 0, 9 * S).evidence(*(_flowing(n, 40 * S * n, 9 * S) for n in range(2, 8))),
    ),
}


def _answered(code: int, answer: int | None, reason: str = "", back: str = "") -> Made:
    return opened().close(SERVER, 50, code, reason).close(CLIENT, 51, answer, back).ends(SERVER, 53)


def _pongs(*payloads: bytes) -> Made:
    made = opened()
    for number, payload in enumerate(payloads, start=1):
        made.pong(CLIENT, 30 * S * number, payload)
    return made.shut(CLIENT, 100 * S, 1000)


def _pings(size: int) -> Made:
    made = opened()
    for number in (1, 2, 3):
        made.ping(SERVER, 20 * S * number, b"x" * size).pong(CLIENT, 20 * S * number + 1, b"x" * size)
    return made.shut(CLIENT, 70 * S, 1000)


def _both(apart: float) -> Made:
    made = opened().close(SERVER, 50, 1011).close(CLIENT, 50 + apart, 4001).ends(SERVER, 90)
    made.facts["rtt_ns"] = 20_000_000
    return made


ANSWERS: Table = {
    answers.old_list: Pair(_answered(1013, 1002).evidence(), _answered(1011, 1002).evidence()),
    answers.answered_empty: Pair(_answered(3000, None).evidence(), _answered(4000, None).evidence()),
    answers.habitual_1000: Pair(_answered(1011, 1000).evidence(), _answered(1011, 1011).evidence()),
    answers.echo_without_reason: Pair(
        _answered(1011, 1011, "why").evidence(), _answered(1011, 1011, "why", "why").evidence()
    ),
    answers.simultaneous: Pair(_both(3).evidence(), _both(30).evidence()),
    answers.close_ignored: Pair(
        opened().close(SERVER, 50, 1000).ends(SERVER, 10_050, later=1).evidence(),
        opened().close(SERVER, 50, 1000).ends(SERVER, 60, later=1).evidence(),
    ),
    answers.ambiguous_code: Pair(
        opened().text(SERVER, 2, "o").shut(SERVER, 50, 3000, "Go away!").evidence(),
        opened().text(SERVER, 2, "hi").shut(SERVER, 50, 3000, "session expired").evidence(),
    ),
    answers.refused_by_client: Pair(
        opened().text(SERVER, 2).shut(CLIENT, 3, 1002).evidence(),
        opened().text(SERVER, 2).shut(SERVER, 3, 1002).evidence(),
    ),
    answers.tolerated: Pair(
        opened().breaks(CLIENT, 2, "mask-missing").text(SERVER, 9).shut(CLIENT, 9 * S, 1000).evidence(),
        opened().breaks(CLIENT, 2, "mask-missing").shut(SERVER, 3, 1002).evidence(),
    ),
    answers.whose_side: Pair(opened().ends(SERVER, 90).evidence(), opened().shut(SERVER, 90, 1000).evidence()),
    answers.fin_is_not_graceful: Pair(
        opened(NGINX).ends(SERVER, 90).evidence(), opened(NGINX).ends(SERVER, 90, Ending.RST).evidence()
    ),
    answers.hops: Pair(opened(NGINX).ends(SERVER, 90).evidence(), opened("Server: x").ends(SERVER, 90).evidence()),
    answers.seen_elsewhere: Pair(
        opened().close(CLIENT, 90, 1002).ends(CLIENT, 95).evidence(), opened().shut(CLIENT, 90, 1002).evidence()
    ),
    answers.unsolicited_pongs: Pair(_pongs(b"", b"", b"").evidence(), _pongs(b"a", b"b", b"c").evidence()),
    answers.ping_fingerprint: Pair(_pings(4).evidence(), _pings(7).evidence()),
}
