"""Broken frames, sizes and pings."""

from __future__ import annotations

from tests.diagnosis.building import CLIENT, SERVER, Made, S, opened
from tests.diagnosis.rules.table import Pair, Table
from wsinspect.diagnosis.rules import framing, keepalive, sizes
from wsinspect.model import Ending

DEFLATE = "permessage-deflate"
BROKEN = "the compressed data is broken: invalid stored block lengths"
BOMB = "not inflated: it grows more than 1,000-fold"


def _deflated() -> Made:
    return Made().upgraded(extensions=DEFLATE)


FRAMING: Table = {
    framing.http_in_stream: Pair(
        opened().text(CLIENT, 5).cut_inside(SERVER, 9, 86).ends(SERVER, 9).evidence(unfinished=b"HTTP/1.1 500 X"),
        opened().text(CLIENT, 5).cut_inside(SERVER, 9, 86).ends(SERVER, 9).evidence(unfinished=b"\x81\x7eHTTP"),
    ),
    framing.illegal_code: Pair(
        opened().close(SERVER, 50, 1006).ends(SERVER, 52).evidence(), opened().shut(SERVER, 50, 1007).evidence()
    ),
    framing.mask: Pair(
        opened().breaks(CLIENT, 40, "mask-missing").close(SERVER, 41, 1002).ends(SERVER, 42).evidence(),
        opened().breaks(CLIENT, 40, "mask-missing").text(SERVER, 45).shut(SERVER, 9 * S, 1011).evidence(),
    ),
    framing.bad_utf8: Pair(
        opened().breaks(CLIENT, 40, "text-utf8").ends(SERVER, 41).evidence(),
        opened().breaks(SERVER, 40, "text-utf8").ends(SERVER, 41).evidence(),
    ),
    framing.unagreed_compression: Pair(
        opened().breaks(CLIENT, 40, "rsv1").close(SERVER, 41, 1002).ends(SERVER, 42).evidence(),
        _deflated().breaks(CLIENT, 40, "rsv1").close(SERVER, 41, 1002).ends(SERVER, 42).evidence(),
    ),
    framing.inflate_failed: Pair(
        _deflated().text(CLIENT, 40, is_compressed=True, problem=BROKEN).close(SERVER, 41, 1007).evidence(),
        _deflated().text(CLIENT, 40, is_compressed=True, problem=BOMB).close(SERVER, 41, 1007).evidence(),
    ),
    framing.interleaved: Pair(
        opened().breaks(CLIENT, 40, "message-in-message").close(SERVER, 41, 1002).ends(SERVER, 42).evidence(),
        opened().breaks(CLIENT, 40, "message-in-message").close(CLIENT, 41, 1000).ends(CLIENT, 42).evidence(),
    ),
    framing.broken_frame: Pair(
        opened().breaks(CLIENT, 40, "opcode-reserved").close(SERVER, 41, 1002).ends(SERVER, 42).evidence(),
        opened().breaks(CLIENT, 40, "mask-missing").close(SERVER, 41, 1002).ends(SERVER, 42).evidence(),
    ),
    framing.refused_frame: Pair(
        opened().text(CLIENT, 40).shut(SERVER, 41, 1002, "oops").evidence(),
        opened().breaks(CLIENT, 40, "rsv").shut(SERVER, 41, 1002, "oops").evidence(),
    ),
}

SMALL, LARGE = b"x" * 300, b"x" * 40_000

SIZES: Table = {
    sizes.too_big: Pair(
        opened().text(CLIENT, 40, LARGE).shut(SERVER, 41, 1009).evidence(),
        opened().text(CLIENT, 40, LARGE).shut(SERVER, 41, 1008).evidence(),
    ),
    sizes.too_big_inflated: Pair(
        _deflated().text(CLIENT, 40, SMALL, is_compressed=True, inflated_size=90_000).shut(SERVER, 41, 1009).evidence(),
        _deflated().text(CLIENT, 40, LARGE, is_compressed=True, inflated_size=41_000).shut(SERVER, 41, 1009).evidence(),
    ),
    sizes.dropped_on_big: Pair(
        opened().text(CLIENT, 20, SMALL).text(CLIENT, 40, LARGE).ends(SERVER, 41).evidence(),
        opened().text(CLIENT, 20, LARGE).text(CLIENT, 40, LARGE).ends(SERVER, 41).evidence(),
    ),
}

HELLO = '0{"sid":"a","pingInterval":25000}'

KEEPALIVE: Table = {
    keepalive.slow_consumer: Pair(
        opened()
        .text(SERVER, 20, LARGE)
        .text(SERVER, 5 * S, LARGE)
        .ends(SERVER, 5 * S, Ending.RST, undelivered=900_000)
        .evidence(),
        opened()
        .text(SERVER, 20, LARGE)
        .text(SERVER, 4950, LARGE)
        .text(CLIENT, 4960)
        .ends(SERVER, 5 * S, Ending.RST, undelivered=900_000)
        .evidence(),
    ),
    keepalive.keepalive_timeout: Pair(
        opened()
        .ping(SERVER, 20 * S)
        .close(SERVER, 40 * S, 1011, "keepalive ping timeout")
        .ends(SERVER, 41 * S)
        .evidence(),
        opened().ping(SERVER, 20 * S).close(SERVER, 40 * S, 1011, "database gone").ends(SERVER, 41 * S).evidence(),
    ),
    keepalive.engine_io_timeout: Pair(
        opened().text(SERVER, 2, HELLO).text(SERVER, 25 * S, "2").shut(SERVER, 45 * S, None).evidence(),
        opened()
        .text(SERVER, 2, HELLO)
        .text(SERVER, 25 * S, "2")
        .text(CLIENT, 25_001, "3")
        .shut(SERVER, 45 * S, None)
        .evidence(),
    ),
    keepalive.keepalive_drop: Pair(
        opened().text(CLIENT, 20).ping(SERVER, 20 * S).ends(SERVER, 25 * S).evidence(),
        opened().text(CLIENT, 20).ping(SERVER, 20 * S).pong(CLIENT, 20_001).ends(SERVER, 25 * S).evidence(),
    ),
    keepalive.pong_behind_bulk: Pair(
        opened().binary(SERVER, 10, b"x" * 300_000).ping(SERVER, 20).shut(SERVER, 20 * S, 1011).evidence(),
        opened().binary(SERVER, 10, b"x" * 3_000).ping(SERVER, 20).shut(SERVER, 20 * S, 1011).evidence(),
    ),
}
