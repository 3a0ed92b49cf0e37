"""One TCP connection: what no relay test can see from outside."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from tests.limits import LIMIT_S
from tests.peers.raw import End, RawPeer, raw_client, raw_server
from wsinspect.capture.leg import Hold
from wsinspect.capture.link import HIGH_WATER, Link
from wsinspect.capture.watch import Watch
from wsinspect.model import Ending

pytestmark = pytest.mark.integration


class User:
    """Notes everything."""

    def __init__(self) -> None:
        self.data = b""
        self.said: list[object] = []
        self.something = asyncio.Event()
        self.error: Exception | None = None

    def received(self, data: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.data += data
        self.something.set()

    def finished(self, how: Ending) -> None:
        self._say(how)

    def lost(self, how: Ending) -> None:
        self._say(("lost", how))

    def relieved(self) -> None:
        self._say("relieved")

    def crashed(self, error: Exception) -> None:
        self._say(error)

    def _say(self, what: object) -> None:
        self.said.append(what)
        self.something.set()

    async def hears(self, what: object) -> None:
        async with asyncio.timeout(LIMIT_S):
            while what not in self.said:
                self.something.clear()
                await self.something.wait()


@contextlib.asynccontextmanager
async def linked() -> AsyncIterator[tuple[Link, User, RawPeer, socket.socket]]:
    """A link, its user, the peer at its other end, and the link's own socket."""
    loop = asyncio.get_running_loop()
    async with raw_server() as server, raw_client(server.port) as peer:
        sock = (await server.accept()).sock
        user = User()
        link = Link(sock, user, loop, Watch(loop))
        try:
            yield link, user, peer, sock
        finally:
            link.close()


async def test_small_writes_go_at_once() -> None:
    async with linked() as (_, _, _, sock):
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not sock.getblocking()


async def test_addresses() -> None:
    async with linked() as (link, _, peer, _):
        assert link.peer == f"127.0.0.1:{peer.port}"


async def test_clogged_and_relieved() -> None:
    async with linked() as (link, user, peer, _):
        written = 0
        while not link.is_clogged:
            link.write(bytes(HIGH_WATER // 2))
            written += HIGH_WATER // 2
        assert not link.is_sent
        assert link.undelivered() > HIGH_WATER
        link.finish()
        data, end = await peer.to_end()
        assert (len(data), end) == (written, End.FIN)
        await user.hears("relieved")
        assert not link.is_clogged
        assert link.is_sent


async def test_finish_waits_for_what_was_written_and_takes_nothing_after() -> None:
    async with linked() as (link, _, peer, _):
        link.write(b"first")
        link.finish()
        link.finish()
        link.write(b"late")
        assert await peer.to_end() == (b"first", End.FIN)
        assert link.undelivered() == len(b"late")


async def test_held_link_is_not_read() -> None:
    async with linked() as (link, user, peer, _):
        link.hold(Hold.CLOGGED)
        link.hold(Hold.RECORDER)
        await peer.send(b"x")
        link.release(Hold.CLOGGED)
        await asyncio.sleep(0.05)
        assert user.data == b""
        link.read_now(10)
        assert user.data == b"x"
        peer.fin()
        link.release(Hold.RECORDER)
        await user.hears(Ending.FIN)


async def test_failed_write_costs_nothing_that_arrived() -> None:
    async with linked() as (link, user, peer, _):
        link.hold(Hold.CLOGGED)
        await peer.send(b"last words" * 6_000)
        await peer.acknowledged()
        peer.reset()
        await asyncio.sleep(0)
        link.write(b"x")
        link.write(b"y")
        await user.hears(("lost", Ending.RST))
        assert user.data == b"last words" * 6_000
        assert link.undelivered() >= 2
        assert link.is_sent
        assert link.is_delivered


async def test_failed_write_after_the_peers_fin() -> None:
    async with linked() as (link, user, peer, _):
        peer.fin()
        await user.hears(Ending.FIN)
        peer.reset()
        await asyncio.sleep(0)
        link.write(b"x")
        await user.hears(("lost", Ending.RST))
        assert user.said.count(("lost", Ending.RST)) == 1


async def test_finish_after_the_peers_reset() -> None:
    async with linked() as (link, user, peer, _):
        link.hold(Hold.CLOGGED)
        peer.reset()
        await asyncio.sleep(0)
        link.finish()
        await user.hears(("lost", Ending.RST))


async def test_what_the_user_raises_comes_back_to_it() -> None:
    async with linked() as (_, user, peer, _):
        user.error = ZeroDivisionError()
        await peer.send(b"x")
        await user.hears(user.error)


async def test_closing_twice_is_harmless() -> None:
    async with linked() as (link, _, peer, _):
        link.write(b"x")
        link.close()
        link.reset()
        link.close()
        link.write(b"y")
        link.hold(Hold.OVER)
        link.release(Hold.OVER)
        assert await peer.to_end() == (b"x", End.FIN)
