"""What goes in comes out, and what is recorded is what went through."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.capture.running import joined, recorded
from tests.peers.raw import End, RawPeer
from wsinspect.model import Side
from wsinspect.wire.builder import build_close

pytestmark = pytest.mark.integration

CODES = (1000, 1004, 1005, 1006, 1012, 1014, 1015, 0, 999, 1016, 2999, 4999, 5000, 65535)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("side", list(Side), ids=lambda side: side.label)
async def test_close_code_arrives_as_sent(tmp_path: Path, code: int, side: Side) -> None:
    frame = build_close(code, b"why", mask=b"\1\2\3\4" if side is Side.CLIENT else None)
    async with joined(tmp_path) as peers:
        sender, receiver = peers[side], peers[side.other]
        await sender.send(frame)
        assert await receiver.read(len(frame)) == frame
        sender.close()
        assert await receiver.to_end() == (b"", End.FIN)
        receiver.close()
    found = recorded(tmp_path)
    assert found.streams[side] == frame
    close = found.connection.client_close if side is Side.CLIENT else found.connection.server_close
    assert close is not None
    assert (close.code, close.reason) == (code, b"why")


async def test_every_close_code_in_one_stream(tmp_path: Path) -> None:
    frames = b"".join(build_close(code) for code in range(65536))
    async with joined(tmp_path) as (client, server):
        await asyncio.gather(server.send(frames), _expect(client, frames))
    assert recorded(tmp_path).streams[Side.SERVER] == frames


async def _expect(peer: RawPeer, data: bytes) -> None:
    assert await peer.read(len(data)) == data


CHUNKS = st.lists(
    st.tuples(st.sampled_from(list(Side)), st.binary(min_size=1, max_size=300), st.booleans()), max_size=12
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(chunks=CHUNKS)
def test_arbitrary_bytes_in_arbitrary_chunks(chunks: list[tuple[Side, bytes, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_exchange(Path(folder), chunks))


async def _exchange(folder: Path, chunks: list[tuple[Side, bytes, bool]]) -> None:
    sent = [b"", b""]
    async with joined(folder) as peers:
        for side, data, waits in chunks:
            await peers[side].send(data)
            sent[side] += data
            if waits:
                await asyncio.sleep(0)
        for side in Side:
            peers[side].fin()
        for side in Side:
            assert await peers[side.other].to_end() == (sent[side], End.FIN)
    assert recorded(folder).streams == tuple(sent)


async def test_large_streams_both_ways_at_once(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40_000
    async with joined(tmp_path) as (client, server):
        await asyncio.gather(
            client.send(data), server.send(data[::-1]), _expect(server, data), _expect(client, data[::-1])
        )
    assert recorded(tmp_path).streams == (data, data[::-1])
