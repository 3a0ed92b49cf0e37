from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.wire.body import Body, ChunkedBody, MalformedBody, request_body, response_body
from wsinspect.wire.handshake import parse_request, parse_response

CHUNKED = b'5;x="\r"\r\nhello\r\nA\r\n0123456789\r\n000\r\nTrailer: 1\r\n\r\n'


def _request(lines: bytes) -> Body:
    return request_body(parse_request(b"POST / HTTP/1.1\r\n" + lines + b"\r\n"))


def _response(lines: bytes, method: str = "GET", status: int = 200) -> Body:
    return response_body(parse_response(b"HTTP/1.1 %d\r\n" % status + lines + b"\r\n"), method)


def test_request_without_a_body() -> None:
    assert _request(b"").is_done
    assert _request(b"Content-Length: 0\r\n").is_done


def test_length() -> None:
    body = _request(b"Content-Length: 5\r\nContent-Length: 5\r\n")
    assert body.feed(b"abc") == 3
    assert not body.is_done
    assert body.feed(b"defg") == 2
    assert body.is_done
    assert body.feed(b"x") == 0


@given(st.lists(st.integers(1, 20)))
def test_chunked_in_pieces(sizes: list[int]) -> None:
    body, at = ChunkedBody(), 0
    for size in [*sizes, *[len(CHUNKED)]]:
        piece = CHUNKED[at : at + size]
        assert body.feed(piece) == len(piece)
        at += size
        assert body.is_done == (at >= len(CHUNKED))
        if body.is_done:
            break
    assert body.feed(b"GET / ") == 0


def test_chunked_stops_at_its_end() -> None:
    assert ChunkedBody().feed(CHUNKED + b"more") == len(CHUNKED)
    assert not ChunkedBody().is_until_close


@pytest.mark.parametrize(
    "data", [b"\r\n", b"x\r\n", b"-1\r\n", b"0x5\r\n", b"1\r\nab\r\n", b"11111111111111111\r\n", b"0" * 9000]
)
def test_malformed_chunks(data: bytes) -> None:
    with pytest.raises(MalformedBody):
        ChunkedBody().feed(data)


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: identity\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length:\r\n",
        b"Content-Length: 5000000000000000000\r\n",
    ],
)
def test_requests_that_can_be_read_in_two_ways(lines: bytes) -> None:
    with pytest.raises(MalformedBody):
        _request(lines)


@pytest.mark.parametrize(
    ("lines", "method", "status"),
    [(b"Content-Length: 5\r\n", "HEAD", 200), (b"", "GET", 204), (b"Content-Length: 5\r\n", "GET", 304)],
)
def test_responses_without_a_body(lines: bytes, method: str, status: int) -> None:
    assert _response(lines, method, status).is_done


@pytest.mark.parametrize("lines", [b"", b"Transfer-Encoding: gzip\r\n", b"Content-Length: 5, 6\r\n"])
def test_responses_until_the_end_of_the_connection(lines: bytes) -> None:
    body = _response(lines)
    assert body.is_until_close
    assert body.feed(b"anything") == 8
    assert not body.is_done


def test_responses_with_an_end() -> None:
    assert _response(b"Content-Length: 5\r\n").feed(b"123456") == 5
    chunked = _response(b"Content-Length: 9\r\nTransfer-Encoding: gzip, chunked\r\n")
    assert chunked.feed(CHUNKED + b"x") == len(CHUNKED)
