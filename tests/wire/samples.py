"""Streams of every kind, legal and broken, with what must be found in each."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from wsinspect.model import Side
from wsinspect.wire.builder import build_close, build_frame

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
KEY = bytes.fromhex("37fa213d")


@dataclass(frozen=True, slots=True)
class Sample:
    """One direction's bytes and what they hold."""

    name: str
    side: Side
    data: bytes
    rows: tuple[tuple[int, int, int], ...]
    """Opcode of the first frame, payload bytes, number of frames; in order of the last byte."""
    rules: tuple[str, ...] = ()
    """Rules broken, row by row."""
    deflate: bool = False
    rest: int = 0
    """Bytes of a row that does not end."""


def deflated(data: bytes) -> bytes:
    """One message compressed without context. Source: RFC 7692 section 7.2.1."""
    machine = zlib.compressobj(wbits=-15)
    return (machine.compress(data) + machine.flush(zlib.Z_SYNC_FLUSH))[:-4]


def client(name: str, data: bytes, *rows: tuple[int, int, int], rules: str = "", rest: int = 0) -> Sample:
    return Sample(name, Side.CLIENT, data, rows, tuple(rules.split()), rest=rest)


def server(
    name: str, data: bytes, *rows: tuple[int, int, int], rules: str = "", deflate: bool = False, rest: int = 0
) -> Sample:
    return Sample(name, Side.SERVER, data, rows, tuple(rules.split()), deflate, rest)


def raw_server_frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0) -> bytes:
    return build_frame(opcode, payload, fin=fin, rsv=rsv)


HTTP = b"HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 150\r\n\r\n"
"""``HT`` reads as a close frame of 84 bytes without FIN, with RSV1; its code is ``TP``."""
HTTP_RULES = "rsv1 control-fragmented close-code-range"

_F = raw_server_frame
_HELLO = deflated(b"hello hello hello hello")

LEGAL = (
    server("nothing", b""),
    server("text", _F(TEXT, b"Hello"), (TEXT, 5, 1)),
    client("masked text", build_frame(TEXT, b"Hello", mask=KEY), (TEXT, 5, 1)),
    client("masked with zeros", build_frame(TEXT, b"Hello", mask=bytes(4)), (TEXT, 5, 1)),
    server("empty messages", _F(TEXT) + _F(BINARY), (TEXT, 0, 1), (BINARY, 0, 1)),
    server("largest 7-bit length", _F(BINARY, bytes(125)), (BINARY, 125, 1)),
    server("smallest 16-bit length", _F(BINARY, bytes(126)), (BINARY, 126, 1)),
    server("largest 16-bit length", _F(BINARY, bytes(65535)), (BINARY, 65535, 1)),
    server("smallest 64-bit length", _F(BINARY, bytes(65536)), (BINARY, 65536, 1)),
    client("masked 64-bit length", build_frame(BINARY, bytes(70000), mask=KEY), (BINARY, 70000, 1)),
    server("fragments", _F(TEXT, b"Hel", fin=False) + _F(CONTINUATION, b"lo"), (TEXT, 5, 2)),
    server(
        "empty fragments",
        _F(TEXT, fin=False) + _F(CONTINUATION, fin=False) * 3 + _F(CONTINUATION),
        (TEXT, 0, 5),
    ),
    server(
        "ping between fragments",
        _F(TEXT, b"Hel", fin=False) + _F(PING, b"now") + _F(CONTINUATION, b"lo") + _F(PONG),
        (PING, 3, 1),
        (TEXT, 5, 2),
        (PONG, 0, 1),
    ),
    server("longest ping", _F(PING, bytes(125)), (PING, 125, 1)),
    server("close", build_close(1011, "später".encode()), (CLOSE, 9, 1)),
    server("close without code", build_close(None), (CLOSE, 0, 1)),
    client("masked close", build_close(4999, b"x" * 123, mask=KEY), (CLOSE, 125, 1)),
    server("pong after close", build_close(1000) + _F(PONG), (CLOSE, 2, 1), (PONG, 0, 1)),
    server("close between fragments", _F(TEXT, b"Hel", fin=False) + build_close(1001), (CLOSE, 2, 1), rest=9),
    server("compressed", _F(TEXT, _HELLO, rsv=4), (TEXT, len(_HELLO), 1), deflate=True),
    server(
        "compressed in fragments",
        _F(TEXT, _HELLO[:4], rsv=4, fin=False) + _F(CONTINUATION, _HELLO[4:]),
        (TEXT, len(_HELLO), 2),
        deflate=True,
    ),
    server("not compressed though agreed", _F(TEXT, b"Hello"), (TEXT, 5, 1), deflate=True),
    server("half a header", b"\x81", rest=1),
    server("header without extended length", b"\x82\x7f\0\0\0", rest=5),
    client("header without key", b"\x81\x85\x37\xfa", rest=4),
    server("half a payload", _F(TEXT, b"Hello")[:-2], rest=5),
    server("half a ping", _F(TEXT, b"a") + _F(PING, b"Hello")[:-2], (TEXT, 1, 1), rest=5),
)

BROKEN = (
    client("client without mask", _F(TEXT, b"Hello"), (TEXT, 5, 1), rules="mask-missing"),
    server("server with mask", build_frame(TEXT, b"Hello", mask=KEY), (TEXT, 5, 1), rules="mask-present"),
    server("RSV1 not agreed on", _F(TEXT, b"x", rsv=4), (TEXT, 1, 1), rules="rsv1"),
    server("RSV2 and RSV3", _F(TEXT, b"x", rsv=3), (TEXT, 1, 1), rules="rsv"),
    server("RSV1 on a ping", _F(PING, b"x", rsv=4), (PING, 1, 1), rules="rsv1", deflate=True),
    server(
        "RSV1 on a continuation",
        _F(TEXT, _HELLO[:4], rsv=4, fin=False) + _F(CONTINUATION, _HELLO[4:], rsv=4),
        (TEXT, len(_HELLO), 2),
        rules="rsv1",
        deflate=True,
    ),
    *(
        server(f"reserved opcode {opcode}", _F(opcode, b"xy"), (opcode, 2, 1), rules="opcode-reserved")
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
    ),
    server(
        "ping without FIN",
        _F(PING, b"a", fin=False) + _F(CONTINUATION, b"b"),
        (PING, 1, 1),
        (CONTINUATION, 1, 1),
        rules="control-fragmented continuation-of-nothing",
    ),
    server("long ping", _F(PING, bytes(126)), (PING, 126, 1), rules="control-long"),
    client("very long masked pong", build_frame(PONG, bytes(70000), mask=KEY), (PONG, 70000, 1), rules="control-long"),
    server("long close", build_close(1000, b"x" * 124), (CLOSE, 126, 1), rules="control-long"),
    server(
        "lengths in too many bytes",
        build_frame(TEXT, b"a", length_bytes=2)
        + build_frame(TEXT, b"b", length_bytes=8)
        + build_frame(BINARY, bytes(65535), length_bytes=8)
        + build_frame(TEXT, b"", length_bytes=2),
        (TEXT, 1, 1),
        (TEXT, 1, 1),
        (BINARY, 65535, 1),
        (TEXT, 0, 1),
        rules="length-not-minimal " * 4,
    ),
    server(
        "continuation of nothing",
        _F(CONTINUATION, b"a") + _F(CONTINUATION, b"b", fin=False) + _F(CONTINUATION, b"c"),
        (CONTINUATION, 1, 1),
        (CONTINUATION, 2, 2),
        rules="continuation-of-nothing continuation-of-nothing",
    ),
    server(
        "message inside a message",
        _F(TEXT, b"a", fin=False) + _F(BINARY, b"b", fin=False) + _F(TEXT, b"c") + _F(TEXT, b"d"),
        (TEXT, 3, 3),
        (TEXT, 1, 1),
        rules="message-in-message",
    ),
    server(
        "data after close",
        build_close(1000) + _F(TEXT, b"late") + _F(BINARY, b"later", fin=False) + _F(CONTINUATION),
        (CLOSE, 2, 1),
        (TEXT, 4, 1),
        (BINARY, 5, 2),
        rules="data-after-close data-after-close",
    ),
    server("close of one byte", build_frame(CLOSE, b"\x03"), (CLOSE, 1, 1), rules="close-one-byte"),
    server("close with bad reason", build_close(1000, b"\xff"), (CLOSE, 3, 1), rules="close-reason-utf8"),
    server("close code nobody may send", build_close(1006), (CLOSE, 2, 1), rules="close-code-not-sendable"),
    client(
        "everything wrong at once",
        build_frame(CLOSE, b"\x00", fin=False, rsv=7, length_bytes=8),
        (CLOSE, 1, 1),
        rules="mask-missing rsv1 rsv control-fragmented length-not-minimal close-one-byte",
    ),
    server("length with the top bit", build_frame(BINARY, b"abc", length=1 << 63), rest=13),
    server("largest length there is", build_frame(TEXT, b"abc", length=(1 << 64) - 1), rest=13),
    client("largest ping there is", build_frame(PING, bytes(300), mask=KEY, length=(1 << 64) - 1), rest=314),
    server("HTTP inside the stream", HTTP[:86] + b"\x81", (CLOSE, 84, 1), rules=HTTP_RULES, rest=1),
)

SAMPLES = LEGAL + BROKEN
