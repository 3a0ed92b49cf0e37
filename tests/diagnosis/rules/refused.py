"""Upgrades that never came to be."""

from __future__ import annotations

from tests.diagnosis.building import CLIENT, KEY, SERVER, Made, S, opened
from tests.diagnosis.rules.table import Pair, Table
from wsinspect.diagnosis.rules import gateways, handshake, refusals, requests

ODD = (
    b"GET /orders HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\nSec-WebSocket-Version: 8\r\n\r\n"
)
NGINX = "Server: nginx/1.22.1"


def _answer(data: bytes, stage: str = "upgrade") -> Made:
    made = Made().ends(SERVER, 10)
    made.response, made.stage = data, stage
    made.facts["failure"] = "the server closed the connection without answering the upgrade"
    return made


def _bad_101(accept: str) -> Made:
    made = Made().ends(CLIENT, 20)
    made.response = (
        f"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    ).encode()
    made.facts["status"] = 101
    return made


def _failing(stage: str, first: bool) -> Made:
    made = Made().ends(CLIENT if first else SERVER, 2 * S)
    made.stage = stage
    return made


HANDSHAKE: Table = {
    handshake.bad_answer: Pair(_bad_101("d3Jvbmc=").evidence(), _bad_101("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").evidence()),
    handshake.nothing_like_http: Pair(
        _answer(b"220 mail.example ESMTP\r\n").evidence(), _answer(b"\x15\x03\x01\x00\x02\x02\x16").evidence()
    ),
    handshake.not_answered: Pair(_answer(b"").evidence(), _failing("upgrade", first=True).evidence()),
    handshake.client_gave_up: Pair(_failing("", first=True).evidence(), _failing("upgrade", first=False).evidence()),
    handshake.negotiation: Pair(
        opened().asks("Sec-WebSocket-Protocol: graphql-ws").ends(CLIENT, 20).evidence(),
        Made()
        .upgraded(subprotocol="graphql-ws")
        .asks("Sec-WebSocket-Protocol: graphql-ws")
        .ends(CLIENT, 20)
        .evidence(),
    ),
}

REQUESTS: Table = {
    requests.wrong_request: Pair(
        Made(raw_request=ODD).refused(426, "Sec-WebSocket-Version: 13").evidence(),
        Made().refused(426, "Sec-WebSocket-Version: 13").evidence(),
    ),
    requests.subprotocol_refused: Pair(
        Made().refused(400, "Content-Type: text/plain", body="missing subprotocol").evidence(),
        Made().refused(400, "Content-Type: text/plain", body="missing token").evidence(),
    ),
    requests.upgrade_stripped: Pair(
        Made().refused(426, NGINX, "Upgrade: websocket").evidence(),
        Made().refused(404, NGINX, body="<html><center>nginx/1.22.1</center></html>").evidence(),
    ),
    requests.head_too_big: Pair(
        Made().asks(f"Cookie: a={'x' * 9000}").refused(431).evidence(),
        Made().refused(431).evidence(),
    ),
    requests.not_websocket: Pair(
        Made().refused(404, "Server: Python/3.11 aiohttp/3.14").evidence(),
        Made().refused(403, "Server: Python/3.11 aiohttp/3.14").evidence(),
    ),
}

EVIL = "Origin: https://evil.example"

REFUSALS: Table = {
    refusals.login_missing: Pair(Made().refused(401).evidence(), Made().refused(403).evidence()),
    refusals.origin_refused: Pair(
        Made().asks(EVIL).refused(403).evidence(),
        Made().asks("Origin: http://127.0.0.1:8080").refused(403).evidence(),
    ),
    refusals.closed_before_accept: Pair(
        Made().refused(403, "server: uvicorn").evidence(),
        Made().refused(403, NGINX).evidence(),
    ),
    refusals.forbidden: Pair(Made().refused(403, NGINX).evidence(), Made().refused(403, "Server: daphne").evidence()),
    refusals.redirected: Pair(
        Made().refused(301, "Location: https://127.0.0.1/orders").evidence(), Made().refused(304).evidence()
    ),
    refusals.rate_refused: Pair(
        Made().refused(429, "Retry-After: 3").evidence(), Made().refused(429, by_us=True).evidence()
    ),
    refusals.failed_before_accept: Pair(Made().refused(500).evidence(), Made().refused(501).evidence()),
    refusals.other_refusal: Pair(Made().refused(418).evidence(), Made().refused(404).evidence()),
}

GATEWAYS: Table = {
    gateways.upstream_failed: Pair(
        opened("Via: 1.1 edge").shut(SERVER, 50, 1014, "upstream a refused").evidence(),
        opened("Via: 1.1 edge").shut(CLIENT, 50, 1014, "upstream a refused").evidence(),
    ),
    gateways.bad_gateway: Pair(
        Made().refused(502, NGINX).evidence(),
        Made().unreached("127.0.0.1:9000: connection refused", "tcp").evidence(),
    ),
}
