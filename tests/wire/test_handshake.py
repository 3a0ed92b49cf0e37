from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.wire.handshake import (
    MalformedHead,
    accept_key,
    answer_problems,
    head_end,
    negotiation_problems,
    parse_request,
    parse_response,
)

# RFC 6455 section 1.2 and 1.3.
REQUEST = (
    b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n"
    b"Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
)


def test_sample_of_the_rfc() -> None:
    request, response = parse_request(REQUEST), parse_response(RESPONSE)
    assert (request.method, request.target, request.version) == ("GET", "/chat", "HTTP/1.1")
    assert request.is_websocket
    assert (response.status, response.phrase) == (101, "Switching Protocols")
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == response.get("SEC-WEBSOCKET-ACCEPT")
    assert answer_problems(request, response) == ()
    assert negotiation_problems(request, response) == ()


@pytest.mark.parametrize(
    ("raw", "end"),
    [
        (b"", -1),
        (b"GET / HTTP/1.1\r\n", -1),
        (b"GET / HTTP/1.1\r\n\r", -1),
        (b"A\r\n\r\nB", 5),
        (b"A\n\nB", 3),
        (b"A\n\r\nB", 4),
        (b"A\r\n\nB", 4),
    ],
)
def test_head_end(raw: bytes, end: int) -> None:
    assert head_end(raw) == end


@given(st.binary(max_size=60).map(lambda tail: b"A: b\r\n" + tail), st.integers(0, 70))
def test_head_end_in_pieces(data: bytes, at: int) -> None:
    """Searching on from what was searched finds the same end."""
    whole = head_end(data)
    first = head_end(data[:at])
    assert whole == (first if first >= 0 else head_end(data, min(at, len(data))))


def test_fields_keep_order_case_and_bytes() -> None:
    raw = b"GET / HTTP/1.1\r\nB:1\r\na:  two \t\r\nb: \xff\r\n\r\n"
    request = parse_request(raw)
    assert [(field.name, field.value) for field in request.fields] == [("B", "1"), ("a", "two"), ("b", "\xff")]
    assert b"".join(field.raw for field in request.fields) == raw[16:-2]
    assert request.get("b") == "1, \xff"
    assert request.get("none") == ""
    assert request.rewritten({}) == raw


def test_tokens() -> None:
    request = parse_request(b"GET / HTTP/1.1\r\nConnection: keep-alive,,  UPGRADE\r\nconnection: x\r\n\r\n")
    assert request.tokens("Connection") == ["keep-alive", "upgrade", "x"]


@pytest.mark.parametrize("upgrade", [b"websocket", b"WebSocket", b"h2c, websocket", b"websocket/13"])
def test_is_websocket(upgrade: bytes) -> None:
    assert parse_request(b"GET / HTTP/1.1\r\nUpgrade: %s\r\n\r\n" % upgrade).is_websocket


@pytest.mark.parametrize("lines", [b"", b"Upgrade: h2c\r\n", b"X: websocket\r\n"])
def test_is_no_websocket(lines: bytes) -> None:
    assert not parse_request(b"GET / HTTP/1.1\r\n" + lines + b"\r\n").is_websocket


def test_rewriting_keeps_place_case_and_spacing() -> None:
    raw = b"GET /a HTTP/1.1\r\nX: 1\r\nhOsT:\told \r\nHost: second\r\nY:2\r\n\r\n"
    assert parse_request(raw).rewritten({"Host": "new", "Origin": "me"}, target="/b?c") == (
        b"GET /b?c HTTP/1.1\r\nX: 1\r\nhOsT:\tnew\r\nY:2\r\nOrigin: me\r\n\r\n"
    )


def test_rewriting_keeps_bare_line_feeds() -> None:
    raw = b"HTTP/1.0 200\nA: b\nConnection: keep-alive\n\n"
    assert parse_response(raw).rewritten({"Connection": "close"}) == b"HTTP/1.0 200\nA: b\nConnection: close\n\n"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\r\n\r\n", "no HTTP/1 request line"),
        (b"GET /\r\n\r\n", "no HTTP/1 request line"),
        (b"GET / HTTP/2.0\r\n\r\n", "no HTTP/1 request line"),
        (b"GET  / HTTP/1.1\r\n\r\n", "no HTTP/1 request line"),
        (b"GET / x HTTP/1.1\r\n\r\n", "no HTTP/1 request line"),
        (b"PRI * HTTP/2.0\r\n\r\n", "HTTP/2"),
        (b"\x16\x03\x01\r\n\r\n", "TLS"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", "no colon"),
        (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", "header name"),
        (b"GET / HTTP/1.1\r\n: b\r\n\r\n", "header name"),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "white space"),
        (b"GET / HTTP/1.1\r\nA\xe9: b\r\n\r\n", "header name"),
    ],
)
def test_malformed_requests(raw: bytes, why: str) -> None:
    with pytest.raises(MalformedHead, match=why):
        parse_request(raw)


def test_odd_responses_are_taken() -> None:
    response = parse_response(b"HTTP/1.1 200\r\n lost\r\nA: b\r\n  c\r\nno colon\r\nX : y\r\n\r\n")
    assert (response.status, response.phrase) == (200, "")
    assert response.get("a") == "b c"
    assert response.get("x") == "y"
    assert response.rewritten({}) == response.raw


@pytest.mark.parametrize("raw", [b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 20\r\n\r\n", b"SSH-2.0\r\n\r\n", b"\r\n\r\n"])
def test_no_responses(raw: bytes) -> None:
    with pytest.raises(MalformedHead):
        parse_response(raw)


@given(st.binary(max_size=200))
def test_garbage_never_raises_anything_else(data: bytes) -> None:
    for parse in (parse_request, parse_response):
        raw = data.replace(b"\n\r\n", b"").replace(b"\n\n", b"") + b"\r\n\r\n"
        try:
            head = parse(raw)
        except MalformedHead:
            continue
        assert head.rewritten({}) == raw


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"Upgrade: websocket", b"Upgrade: h2c", "no Upgrade: websocket"),
        (b"Connection: Upgrade", b"Connection: close", "no Connection: Upgrade"),
        (b"s3pPLM", b"s3pPLX", "does not match"),
        (b"Sec-WebSocket-Accept", b"X", "is missing"),
    ],
)
def test_invalid_answers(old: bytes, new: bytes, problem: str) -> None:
    (found,) = answer_problems(parse_request(REQUEST), parse_response(RESPONSE.replace(old, new)))
    assert problem in found


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (b"Sec-WebSocket-Protocol: other\r\n", "subprotocol"),
        (b"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: superchat\r\n", "subprotocol"),
        (b"Sec-WebSocket-Extensions: permessage-deflate; x=1\r\n", "extension"),
    ],
)
def test_answers_beyond_the_offer(lines: bytes, problem: str) -> None:
    answer = RESPONSE.replace(b"Sec-WebSocket-Protocol: chat\r\n", lines)
    (found,) = negotiation_problems(parse_request(REQUEST), parse_response(answer))
    assert problem in found


def test_offered_extension_is_fine() -> None:
    offer = REQUEST.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: a, permessage-deflate; b\r\n\r\n")
    answer = RESPONSE.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: Permessage-Deflate\r\n\r\n")
    assert negotiation_problems(parse_request(offer), parse_response(answer)) == ()
