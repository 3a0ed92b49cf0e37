"""Further evidence for rules with several grounds: each ground fires, each guard keeps silent."""

from __future__ import annotations

import pytest

from tests.diagnosis.building import CLIENT, SERVER, Made, S, opened
from wsinspect import text
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.rules import (
    answers,
    client,
    fleet,
    framing,
    gateways,
    handshake,
    keepalive,
    policy,
    refusals,
    requests,
    restarts,
    server_failure,
    sizes,
    target,
    timeouts,
)
from wsinspect.diagnosis.saying import MAX_CAUSE, Rule
from wsinspect.model import EndedBy, Ending, RowKind, Strength

DEFLATE = "permessage-deflate"
DOWN = Made(number=9, opened=3 * S).unreached("127.0.0.1:9000: connection refused", "tcp")
CADDY = opened("Server: Caddy")
BIG = b"x" * 40_000
REASON = "frame with 90000 bytes exceeds limit of 32768 bytes"
STOP = [opened(number=n, opened=300 * n).text(SERVER, 5).shut(SERVER, 2 * S - 300 * n, 1001) for n in (2, 3)]
HELLO = '0{"sid":"a"}'
OFFERED = "the answer chose an extension that was not offered"


def _said(text: str | bytes) -> Evidence:
    return opened().text(SERVER, 90, text).shut(SERVER, 95, 1000).evidence()


def _quiet(number: int, opened_at: int, code: int) -> Made:
    return opened(number=number, opened=opened_at).text(CLIENT, 10).shut(SERVER, 5 * S + 10, code)


def _ticking(age: int, *lines: str) -> Made:
    made = opened(*lines)
    for at in range(100, age, 500):
        made.text(SERVER, at)
    return made


def _alert(data: bytes) -> Evidence:
    made = Made().ends(SERVER, 9)
    made.response, made.stage = data, "upgrade"
    return made.evidence()


def _pings(size: int, period: int) -> Evidence:
    made = opened()
    for number in (1, 2, 3):
        made.ping(SERVER, period * number, b"x" * size).pong(CLIENT, period * number + 1, b"x" * size)
    return made.shut(CLIENT, 4 * period, 1000).evidence()


def _page_of_haproxys(status: int) -> Evidence:
    made = Made().ends(SERVER, 9)
    made.response = (
        f"HTTP/1.1 {status} X\r\ncontent-type: text/html\r\n\r\n"
        f"<html><body><h1>{status} X</h1>\nThe resource could not be found.\n</body></html>\n"
    ).encode()
    made.facts["status"] = status
    return made.evidence()


def _squeezed() -> Evidence:
    made = Made().upgraded(extensions=DEFLATE)
    return made.text(CLIENT, 9, b"x" * 400, is_compressed=True, inflated_size=400_000).shut(SERVER, 10, 1009).evidence()


def _stuck() -> Made:
    """A client that did not read, and was killed."""
    made = opened().binary(SERVER, 9, BIG).binary(SERVER, 5 * S, BIG)
    made.end(CLIENT, 5 * S, Ending.RST, undelivered=900_000).end(SERVER, 5 * S, Ending.RST, by=EndedBy.RELAY)
    made.facts["closed_ns"] = made.ns(5 * S)
    return made


FIRES: list[tuple[str, Rule, Evidence, Strength | None]] = [
    ("Bandit's 1002", timeouts.idle_close, opened(path="/live/websocket").text(CLIENT, 10)
     .shut(SERVER, 60_010, 1002).evidence(), Strength.LIKELY),
    ("Jetty's default", timeouts.idle_close, opened("Server: Jetty(12)").text(CLIENT, 10).shut(SERVER, 30_010, 1001)
     .evidence(), Strength.LIKELY),
    ("a silence that is shared", timeouts.idle_close, _quiet(1, 0, 1000)
     .evidence(_quiet(2, 2000, 1000), _quiet(3, 4000, 1000), messages=True), Strength.LIKELY),
    ("the reason says idle", timeouts.idle_close, opened().shut(SERVER, 900, 1001, "idle for too long").evidence(),
     Strength.CERTAIN),
    ("Google's 30 s of age", timeouts.lifetime_limit, _ticking(30_000, "Via: 1.1 google").ends(SERVER, 30_001)
     .evidence(), Strength.STRONG),
    ("Tornado's 1000", keepalive.keepalive_timeout, opened().ping(SERVER, S).shut(SERVER, 2 * S, 1000, "ping timed out")
     .evidence(), Strength.CERTAIN),
    ("a missing pong that was not recorded", keepalive.keepalive_timeout, opened()
     .shut(SERVER, 40 * S, 1011, "keepalive ping timeout").evidence(), Strength.STRONG),
    ("two pings without an answer", keepalive.keepalive_drop, opened().ping(SERVER, S).ping(SERVER, 2 * S)
     .ends(SERVER, 3 * S).evidence(), Strength.STRONG),
    ("killed while it did not read", keepalive.slow_consumer, _stuck().evidence(), Strength.STRONG),
    ("Home Assistant's pings", answers.ping_fingerprint, _pings(0, 55 * S), Strength.LIKELY),
    (".NET's pings", answers.ping_fingerprint, _pings(8, 30 * S), Strength.LIKELY),
    ("Socket.IO's disconnect", policy.in_band_error, _said("41"), Strength.STRONG),
    ("Socket.IO's connect error", policy.in_band_error, _said('44{"message":"no"}'), Strength.STRONG),
    ("SockJS's close", policy.in_band_error, _said('c[3000,"Go away!"]'), Strength.STRONG),
    ("a STOMP error", policy.in_band_error, _said("ERROR\nmessage:no\n\n\0"), Strength.STRONG),
    ("Pusher's error", policy.in_band_error, _said('{"event":"pusher:error","data":{}}'), Strength.STRONG),
    ("Rails' disconnect", policy.in_band_error, _said('{"type":"disconnect","reason":"unauthorized"}'), None),
    ("a Jetty client's listener", client.client_failed, opened().asks("User-Agent: Jetty/12").text(SERVER, 9)
     .shut(CLIENT, 12, 1008).evidence(), Strength.STRONG),
    ("a browser's login page", refusals.redirected, Made().refused(302, "Location: /login").evidence(), None),
    ("another slash", refusals.redirected, Made().refused(301, "Location: /orders/").evidence(), None),
    ("what was not offered", handshake.negotiation, opened().note(2, OFFERED, SERVER).ends(CLIENT, 9).evidence(),
     Strength.CERTAIN),
    ("the reason speaks of inflating", framing.inflate_failed, Made().upgraded(extensions=DEFLATE)
     .text(CLIENT, 9, is_compressed=True).shut(SERVER, 10, 1002, "decompression failed").evidence(), Strength.STRONG),
    ("the body says too large", requests.head_too_big, Made().refused(400, body="Request Header Or Cookie Too Large")
     .evidence(), Strength.CERTAIN),
    ("the body speaks of the origin", refusals.origin_refused, Made().refused(403, body="invalid Origin header")
     .evidence(), Strength.STRONG),
    ("small on the wire, large inflated", sizes.too_big_inflated, _squeezed(), Strength.CERTAIN),
    ("a rate limit by a code of its own", policy.rate_limited, opened().text(CLIENT, 9)
     .shut(SERVER, 12, 4008, "Rate limit exceeded").evidence(), Strength.STRONG),
    ("a bare 403 through nginx", refusals.closed_before_accept, Made()
     .refused(403, "Server: nginx/1.22.1", "Content-Length: 0").evidence(), Strength.LIKELY),
    ("uvicorn over HTTP", requests.not_websocket, Made().refused(404, "server: uvicorn", body="Not Found").evidence(),
     Strength.STRONG),
    ("HAProxy's 503", gateways.bad_gateway, Made()
     .refused(503, body="<h1>503</h1> No server is available to handle this request").evidence(), Strength.STRONG),
    ("any 503", gateways.bad_gateway, Made().refused(503).evidence(), Strength.LIKELY),
    ("a TLS alert", target.tls_expected, _alert(b"\x15\x03\x01\x00\x02\x02\x16"), Strength.CERTAIN),
    ("HTTP read as a close frame", framing.http_in_stream, opened().row(SERVER, 9, RowKind.CLOSE, b"TP/1.1 200 OK\r\n")
     .ends(SERVER, 10).evidence(), Strength.CERTAIN),
    ("a message that was still arriving", sizes.dropped_on_big, opened().text(CLIENT, 9, b"x")
     .cut_inside(CLIENT, 30, 90_014).ends(SERVER, 30).evidence(), Strength.LIKELY),
    ("1009 while it arrives", sizes.too_big, opened().close(SERVER, 30, 1009, REASON).cut_inside(CLIENT, 31, 90_014)
     .ends(SERVER, 31).evidence(), Strength.CERTAIN),
    ("nobody listens afterwards", restarts.process_died, opened().text(SERVER, 9).ends(SERVER, 2 * S).evidence(DOWN),
     Strength.STRONG),
    ("1001, and nobody listens afterwards", restarts.going_away, opened().shut(SERVER, 2 * S, 1001).evidence(DOWN),
     Strength.CERTAIN),
    ("1001 to all", restarts.going_away, opened().shut(SERVER, 2 * S, 1001).evidence(*STOP), Strength.STRONG),
    ("Hypercorn's 1011", server_failure.failed_unprompted, opened("server: hypercorn-h11").text(CLIENT, 9)
     .text(SERVER, 10).shut(SERVER, 9 * S, 1011).evidence(), Strength.LIKELY),
    ("ended at once, again and again", server_failure.ended_at_once, opened().ends(SERVER, 30)
     .evidence(opened(number=2, opened=5 * S).ends(SERVER, 30)), Strength.STRONG),
    ("a message in work", server_failure.handler_failed, opened().text(CLIENT, 9).text(SERVER, 10).text(CLIENT, S)
     .shut(SERVER, 4 * S, 1011).evidence(), Strength.LIKELY),
    ("a loop against a dead port", fleet.reconnect_loop,
     Made(number=9, opened=9 * S).unreached("127.0.0.1:9000: connection refused", "tcp").evidence(
         *(Made(number=n, opened=n * S).unreached("127.0.0.1:9000: connection refused", "tcp") for n in (5, 6, 7, 8))
     ), Strength.STRONG),
]  # fmt: skip

SILENT: list[tuple[str, Rule, Evidence]] = [
    ("1000 after a minute, but no Cowboy", timeouts.idle_close, opened().text(CLIENT, 10).shut(SERVER, 60_010, 1000)
     .evidence()),
    ("the close is the client's", timeouts.idle_close, opened("server: Cowboy").text(SERVER, 10)
     .shut(CLIENT, 60_010, 1000).evidence()),
    ("pings keep it busy", timeouts.idle_timeout, opened("Server: nginx").text(CLIENT, 10).ping(SERVER, 30 * S)
     .pong(CLIENT, 30_001).ends(SERVER, 37_350).evidence()),
    ("a ping is out", timeouts.idle_timeout, opened("Server: nginx").ping(SERVER, 10).ends(SERVER, 60_010).evidence()),
    ("the wire size is over the limit already", sizes.too_big_inflated, Made().upgraded(extensions=DEFLATE)
     .text(CLIENT, 9, BIG, is_compressed=True, inflated_size=90_000).shut(SERVER, 12, 1009, REASON).evidence()),
    ("a drop on a small message", sizes.dropped_on_big, opened().text(CLIENT, 9, b"x" * 900).ends(SERVER, 12)
     .evidence()),
    ("a drop long after a big message", sizes.dropped_on_big, opened().text(CLIENT, 9, BIG).ends(SERVER, 5 * S)
     .evidence()),
    ("no Engine.IO", keepalive.engine_io_timeout, opened().text(SERVER, 2, "hi").text(SERVER, 25 * S, "2")
     .shut(SERVER, 45 * S, None).evidence()),
    ("a code was given", keepalive.engine_io_timeout, opened().text(SERVER, 2, HELLO).text(SERVER, 25 * S, "2")
     .shut(SERVER, 45 * S, 1008).evidence()),
    ("the ping is young", keepalive.keepalive_drop, opened().ping(SERVER, 10).ends(SERVER, 90).evidence()),
    ("the side that was pinged left", keepalive.keepalive_drop, opened().ping(SERVER, S).ends(CLIENT, 9 * S)
     .evidence()),
    ("a message prompted each close", restarts.stopped_with_all, opened().text(CLIENT, 8_990).shut(SERVER, 9 * S, 1011)
     .evidence(*(opened(number=n, opened=n).shut(SERVER, 9 * S, 1011) for n in (2, 3, 4)))),
    ("the client closed through Caddy", restarts.caddy_reloaded, CADDY.shut(CLIENT, 9, 1001).evidence()),
    ("Caddy passed a reason on", restarts.caddy_reloaded, opened("Server: Caddy")
     .shut(SERVER, 9, 1001, "bye").evidence()),
    ("another server died", restarts.process_died, opened().ends(CLIENT, 2 * S).evidence(DOWN)),
    ("no compression was agreed on", framing.inflate_failed, opened().text(CLIENT, 9)
     .shut(SERVER, 10, 1002, "decompression failed").evidence()),
    ("too late to be an answer", framing.mask, opened().breaks(CLIENT, 9, "mask-missing").ends(SERVER, 9 * S)
     .evidence()),
    ("the one who broke it closed", framing.bad_utf8, opened().breaks(CLIENT, 9, "text-utf8").ends(CLIENT, 12)
     .evidence()),
    ("400 for something else", requests.head_too_big, Made().asks(f"Cookie: {'x' * 9000}").refused(400, body="no room")
     .evidence()),
    ("the size inflated is what counts", sizes.too_big, _squeezed()),
    ("a 403 with a header of its own", refusals.closed_before_accept, Made()
     .refused(403, "Server: nginx/1.22.1", "Content-Length: 0", "Vary: Origin").evidence()),
    ("a code of its own for something else", policy.rate_limited, opened().text(CLIENT, 9)
     .shut(SERVER, 12, 4008, "room closed").evidence()),
    ("HAProxy's own page", requests.upgrade_stripped, _page_of_haproxys(404)),
    ("426 from the server itself", requests.upgrade_stripped, Made().refused(426).evidence()),
    ("another code came back", answers.echo_without_reason, opened().close(SERVER, 9, 1011, "why")
     .close(CLIENT, 10, 1000).ends(SERVER, 12).evidence()),
    ("1000 in answer to 1000", answers.habitual_1000, opened().shut(SERVER, 9, 1000).evidence()),
    ("1001 for a missing pong", client.client_leaves, opened().shut(CLIENT, 9, 1001, "ping timeout").evidence()),
    ("it had spoken before it left", handshake.negotiation, opened().asks("Sec-WebSocket-Protocol: x").text(CLIENT, 5)
     .ends(CLIENT, 9).evidence()),
    ("it stayed a while", handshake.negotiation, opened().asks("Sec-WebSocket-Protocol: x").ends(CLIENT, 9 * S)
     .evidence()),
    ("the client closed without a code", server_failure.empty_close_on_message, opened("server: granian")
     .text(SERVER, 5).shut(CLIENT, 9, None).evidence()),
    ("the client sent nothing for an hour", server_failure.handler_failed, opened().text(CLIENT, 9).text(SERVER, 10)
     .text(CLIENT, 20).shut(SERVER, 3600 * S, 1011).evidence()),
    ("1011 of the client", server_failure.handler_failed, opened().text(SERVER, 9).shut(CLIENT, 12, 1011).evidence()),
    ("a ping timeout is no failed handler", server_failure.handler_failed, opened().text(CLIENT, 9)
     .shut(SERVER, 12, 1011, "keepalive ping timeout").evidence()),
    ("killed soon after the upgrade", server_failure.ended_at_once, opened().ends(SERVER, 600).evidence()),
    ("error in an old message", policy.in_band_error, opened().text(SERVER, 9, '{"type":"error"}')
     .shut(SERVER, 9 * S, 1000).evidence()),
    ("text that begins like a disconnect", policy.in_band_error, _said("410 items")),
    ("SockJS's 3000", policy.auth_refused, opened().text(SERVER, 2, "o").shut(SERVER, 9, 3000, "session expired")
     .evidence()),
    ("the path alone is no vendor", policy.vendor_code, opened(path="/socket/websocket").shut(SERVER, 9, 1000)
     .evidence()),
    ("pings of another period", answers.ping_fingerprint, _pings(4, 7 * S)),
    ("three tries only", fleet.reconnect_loop, opened(number=9, opened=9 * S).shut(SERVER, 9, 1008)
     .evidence(*(opened(number=n, opened=n * S).shut(SERVER, 9, 1008) for n in (7, 8)))),
    ("normal closes are no loop", fleet.reconnect_loop, opened(number=9, opened=9 * S).shut(SERVER, 9, 1000)
     .evidence(*(opened(number=n, opened=n * S).shut(SERVER, 9, 1000) for n in (4, 5, 6, 7, 8)))),
    ("a token that runs out later", fleet.token_expired, opened()
     .asks("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x").shut(SERVER, 9 * S, 4001).evidence()),
]  # fmt: skip


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("name", "rule", "evidence", "strength"), FIRES, ids=_name)
def test_it_fires(name: str, rule: Rule, evidence: Evidence, strength: Strength | None) -> None:
    found = rule(evidence)
    assert found is not None
    assert strength is None or found.strength is strength
    assert found.is_note or text.cells(found.cause) <= MAX_CAUSE


@pytest.mark.parametrize(("name", "rule", "evidence"), SILENT, ids=_name)
def test_it_is_silent(name: str, rule: Rule, evidence: Evidence) -> None:
    assert rule(evidence) is None
