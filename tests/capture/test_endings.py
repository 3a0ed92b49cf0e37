"""Every way that TCP can end reaches the other side as it would without the relay, after all that came before it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.capture.running import joined, recorded, relaying, shake
from tests.peers.raw import End, RawPeer, raw_client, raw_server
from wsinspect.capture.sockets import kernel_unsent
from wsinspect.model import Ending, Side, State
from wsinspect.wire.builder import build_close, build_frame

pytestmark = pytest.mark.integration

ENDLESS = b"\x82\x7f" + (1 << 40).to_bytes(8, "big")
"""The header of a frame that will never be complete."""

CLOSE = build_close(1011, b"boom")
both_ways = pytest.mark.parametrize("side", list(Side), ids=lambda side: side.label)
relayed_or_not = pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "relayed"])


@both_ways
@relayed_or_not
async def test_half_close(tmp_path: Path, side: Side, is_direct: bool) -> None:
    async with joined(tmp_path, is_direct=is_direct) as peers:
        first, second = peers[side], peers[side.other]
        first.fin()
        assert await second.to_end() == (b"", End.FIN)
        await second.send(b"still talking" * 1000)
        second.fin()
        assert await first.to_end() == (b"still talking" * 1000, End.FIN)
    if not is_direct:
        found = recorded(tmp_path)
        assert found.ends() == [(side.label, "fin", "peer"), (side.other.label, "fin", "peer")]
        assert found.connection.state is State.CLOSED


@both_ways
@relayed_or_not
async def test_reset_after_close_frame_loses_nothing(tmp_path: Path, side: Side, is_direct: bool) -> None:
    data = build_frame(2, b"x" * 20_000) + CLOSE
    async with joined(tmp_path, is_direct=is_direct) as peers:
        first, second = peers[side], peers[side.other]
        await first.send(data)
        await first.acknowledged()
        first.reset()
        assert await second.to_end() == (data, End.RST)
    if not is_direct:
        found = recorded(tmp_path)
        assert found.streams[side] == data
        assert found.ends() == [(side.label, "rst", "peer"), (side.other.label, "rst", "relay")]
        assert found.undelivered(side.other) == 0


@both_ways
async def test_slow_reader_gets_all_before_the_reset(tmp_path: Path, side: Side) -> None:
    """A reset makes the kernel throw away what it has not sent: ours waits until the other side's kernel has all."""
    data = build_frame(2, b"x" * 1_000_000) + CLOSE
    async with joined(tmp_path) as peers:
        first, second = peers[side], peers[side.other]
        await first.send(data)
        await first.acknowledged()
        first.reset()
        await asyncio.sleep(0.2)
        assert await second.to_end() == (data, End.RST)
    found = recorded(tmp_path)
    assert found.streams[side] == data
    assert found.undelivered(side.other) == 0


@both_ways
async def test_last_words_to_a_lost_peer_are_recorded(tmp_path: Path, side: Side) -> None:
    """What had arrived when the other leg was lost is part of the story, though nobody can get it any more."""
    async with joined(tmp_path) as peers:
        first, second = peers[side], peers[side.other]
        sent = await _fill(second)
        arrived = sent - kernel_unsent(second.sock, is_finished=False)
        first.reset()
        assert (await second.to_end())[1] is End.RST
    found = recorded(tmp_path)
    assert len(found.streams[side.other]) >= arrived
    assert found.undelivered(side) > 0


@both_ways
async def test_reset_while_the_other_side_talks(tmp_path: Path, side: Side) -> None:
    """A failed write must not cost the close frame that was sent before the reset."""
    async with joined(tmp_path) as peers:
        first, second = peers[side], peers[side.other]
        for _ in range(20):
            await second.send(b"\x82\x05hello")
        await first.send(CLOSE)
        # Closed with unread bytes in its buffer: the kernel sends an RST by itself.
        first.close()
        data, end = await second.to_end()
    assert (data, end) == (CLOSE, End.RST)
    assert recorded(tmp_path).streams[side] == CLOSE


@both_ways
@relayed_or_not
async def test_reset_after_fin(tmp_path: Path, side: Side, is_direct: bool) -> None:
    async with joined(tmp_path, is_direct=is_direct) as peers:
        first, second = peers[side], peers[side.other]
        first.fin()
        assert await second.to_end() == (b"", End.FIN)
        first.reset()
        await second.reset_seen()
    if not is_direct:
        assert recorded(tmp_path).ends()[:2] == [(side.label, "fin", "peer"), (side.label, "rst", "peer")]


@both_ways
async def test_reset_while_held_for_a_slow_reader(tmp_path: Path, side: Side) -> None:
    """Reading is paused, so only the watch can see the reset; what arrived is recorded, what was lost is counted."""
    async with joined(tmp_path) as peers:
        first, second = peers[side], peers[side.other]
        second.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sent = await _fill(first)
        first.reset()
        data, end = await second.to_end()
        assert end is End.RST
    found = recorded(tmp_path)
    assert found.streams[side][: len(data)] == data
    assert len(found.streams[side]) <= sent
    assert found.connection.state is State.CLOSED
    assert [end[1] for end in found.ends()] == ["rst", "rst"]
    assert found.undelivered(side.other) >= len(found.streams[side]) - len(data)


async def _fill(peer: RawPeer) -> int:
    """Send one endless frame until the peer and everything between has taken what it can; how many bytes that was."""
    await peer.send(ENDLESS)
    sent = len(ENDLESS)
    block = b"x" * 65536
    while True:
        try:
            sent += peer.sock.send(block)
        except BlockingIOError:
            before = sent
            for _ in range(20):
                await asyncio.sleep(0.01)
                try:
                    sent += peer.sock.send(block)
                except BlockingIOError:
                    continue
            if sent == before:
                return sent


async def test_slow_reader_holds_the_sender_back(tmp_path: Path) -> None:
    async with joined(tmp_path) as (client, server):
        sent = await _fill(server)
        received = bytearray()
        while len(received) < sent:
            received += await client.receive(1 << 20)
        assert bytes(received) == ENDLESS + b"x" * (sent - len(ENDLESS))
    # What the kernel's own buffers take (some MB each), and the relay's 64 KiB: never all that was offered.
    assert sent < 32 << 20
    assert len(recorded(tmp_path).streams[Side.SERVER]) == sent


async def test_stop_ends_both_legs(tmp_path: Path) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        peer = await shake(client, server)
        stopping = asyncio.gather(relay.capture.stop())
        assert await client.to_end() == (b"", End.FIN)
        assert await peer.to_end() == (b"", End.FIN)
        assert [*await stopping] == [""]
    found = recorded(tmp_path)
    assert found.ends() == [("client", "fin", "us"), ("server", "fin", "us")]
    assert found.connection.client_end is not None
    assert found.connection.client_end.by_us
    assert found.connection.client_end.how is Ending.FIN
