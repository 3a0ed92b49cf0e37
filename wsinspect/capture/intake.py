"""Collects what arrives on a leg until it is known who should have it: a request head, or early bytes of the server."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from wsinspect.capture.leg import Hold, Leg, LegUser
from wsinspect.clock import Clock
from wsinspect.model import Ending
from wsinspect.wire.handshake import MAX_HEAD_BYTES, head_end


class HeadTooLong(Exception):
    """MAX_HEAD_BYTES arrived without the end of a head."""


class SpeaksTls(Exception):
    """A TLS handshake began where a head was awaited."""


_TLS_HANDSHAKE = 0x16
"""The first byte of a TLS handshake record (RFC 8446 section 5.1)."""


class TakesOver(LegUser, Protocol):
    """Who gets what was collected, and the leg with it."""

    def took(self, data: bytes, at_ns: int) -> None:
        """Bytes that arrived at ``at_ns``."""


class Intake:
    """The first user of every leg; holds the leg when MAX_HEAD_BYTES wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._data = bytearray()
        self._leg: Leg | None = None
        self._finished: Ending | None = None
        self._changed = asyncio.Event()
        self.gone: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        """Done when the connection is lost, with how; or with what our own code raised on it."""
        self.first_ns = 0
        """When the first byte arrived."""
        self._last_ns = 0
        self._is_discarding = False

    def attach(self, leg: Leg) -> None:
        """Say which leg this is the user of."""
        self._leg = leg

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return len(self._data)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can arrive."""
        return self._finished is not None or self.gone.done()

    async def head(self) -> bytes | None:
        """Wait for a head and take it out; what follows it stays.

        Returns:
            The head with its empty line; None when the peer left before it was complete.

        Raises:
            HeadTooLong: there is none within MAX_HEAD_BYTES.
            SpeaksTls: a TLS handshake came instead.
        """
        searched = 0
        while True:
            self._changed.clear()
            # RFC 9112 section 2.2: empty lines before a request line are to be ignored.
            while self._data[:2] == b"\r\n":
                del self._data[:2]
            if self._data and self._data[0] == _TLS_HANDSHAKE:
                raise SpeaksTls
            end = head_end(self._data, searched)
            if 0 <= end <= MAX_HEAD_BYTES:
                head = bytes(self._data[:end])
                del self._data[:end]
                return head
            if len(self._data) >= MAX_HEAD_BYTES:
                raise HeadTooLong
            if self.gone.done():
                self.gone.result()
            if self.has_ended:
                return None
            searched = len(self._data)
            await self._changed.wait()

    def hand_over(self, user: TakesOver) -> None:
        """Make ``user`` the user of the leg, and give it all that was collected, with its end."""
        leg = self._leg
        if leg is None:
            return
        leg.user = user
        if self._data:
            user.took(bytes(self._data), self._last_ns)
            self._data.clear()
        if self.gone.done():
            user.lost(self.gone.result())
        elif self._finished is not None:
            user.finished(self._finished)
        leg.release(Hold.INTAKE)

    async def discard(self, seconds: float) -> None:
        """Throw away what comes, until the peer's end or at most so long.

        Closing a socket with unread bytes sends an RST, and that could cost the peer our answer.
        """
        self._is_discarding = True
        self._data.clear()
        if self._leg is not None:
            self._leg.release(Hold.INTAKE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.has_ended:
                    self._changed.clear()
                    await self._changed.wait()

    # What the leg reports

    def received(self, data: bytes) -> None:
        """Bytes arrived."""
        self._last_ns = self._clock.now_ns()
        self.first_ns = self.first_ns or self._last_ns
        if self._is_discarding:
            return
        self._data += data
        if len(self._data) >= MAX_HEAD_BYTES and self._leg is not None:
            self._leg.hold(Hold.INTAKE)
        self._changed.set()

    def finished(self, how: Ending) -> None:
        """The peer sends no more."""
        self._finished = how
        self._changed.set()

    def lost(self, how: Ending) -> None:
        """The connection is gone."""
        if not self.gone.done():
            self.gone.set_result(how)
        self._changed.set()

    def relieved(self) -> None:
        """Nothing waits on that here."""

    def crashed(self, error: Exception) -> None:
        """Our own code raised below; whoever waits here gets it, and the process's log when nobody waits any more."""
        if not self.gone.done():
            self.gone.set_exception(error)
        else:
            problem = {"message": "wsinspect failed on a connection that was gone", "exception": error}
            self.gone.get_loop().call_exception_handler(problem)
        self._changed.set()
