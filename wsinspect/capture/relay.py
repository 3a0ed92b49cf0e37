"""Two legs joined: what ends one of them is passed on to the other, in the same way, after all that came before it.

A relay knows nothing of HTTP or WebSocket; flows (see ``flows``) move the bytes of each direction and may be swapped
while it runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from wsinspect.capture.leg import Hold, Leg
from wsinspect.capture.pace import Pace
from wsinspect.clock import Clock
from wsinspect.model import EndedBy, Ending, Side

DRAIN_S = 2.0
"""How long the bytes before a reset may take to reach the other side's kernel."""

LINGER_S = 1.0
"""How long a leg that we end ourselves may take to send its rest and say its own FIN."""

_FIRST_LOOK_S = 0.001
_LOOKS_S = 0.03
"""Seconds between two looks at the kernel's queue: after the first one growing to this."""

_LEFTOVER_BYTES = 8 << 20
"""How much of what arrived on the living leg is still read and recorded when the other one is lost."""


class Log(Protocol):
    """Where a relay notes what happens; a ``Recording`` is one."""

    def read(self, side: Side, data: bytes, at_ns: int) -> None:
        """Bytes that ``side`` sent."""

    def ended(self, leg: Side, how: Ending, at_ns: int, *, by: EndedBy = EndedBy.PEER, undelivered: int = 0) -> None:
        """A leg came to its end."""


class Over(Enum):
    """Why a relay is over."""

    FINISHED = auto()
    """Both sides said FIN, and it was passed on."""
    LOST = auto()
    """One leg is gone."""
    BY_US = auto()
    """We end it: the answer is complete, or the capture stops."""
    CRASHED = auto()
    """Our own code failed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all connections of the process share."""

    clock: Clock
    pace: Pace


class Relay:
    """Joins a client's leg and a server's.

    Args:
        client: the leg to the client.
        server: the leg to the server.
        log: where to note what happens.
        desk: clock and pace.
    """

    def __init__(self, client: Leg, server: Leg, log: Log, desk: Desk) -> None:
        self.legs = (client, server)
        self.log = log
        self.now_ns = desk.clock.now_ns
        self.recorded = desk.pace.recorded
        self._ends: list[Ending | None] = [None, None]
        self._has_eof = [False, False]
        self._lost: Side | None = None
        self._over: asyncio.Future[Over] = asyncio.get_running_loop().create_future()
        self._is_answered = False
        self.failure: Exception | None = None
        """What our own code raised."""

    @property
    def is_over(self) -> bool:
        """Whether nothing is passed on any more."""
        return self._over.done()

    def has_ended(self, side: Side) -> bool:
        """Whether the peer of ``side`` sends no more."""
        return self._has_eof[side]

    async def run(self) -> None:
        """Wait for the end, pass it on and drop both legs."""
        over = await self._over
        if over is Over.LOST and self._lost is not None:
            await self._pass_on_loss(self._lost)
        elif over is Over.BY_US:
            await self._end_ourselves()
        elif over is Over.CRASHED:
            self._drop(Ending.RST)
        for leg in self.legs:
            leg.close()

    def end(self, why: Over = Over.BY_US) -> None:
        """Let ``run`` come to its end."""
        if not self._over.done():
            self._over.set_result(why)

    def end_after(self, seconds: float) -> None:
        """End it ourselves in a while, unless the peers do before, and not before the client's leg has sent all."""
        asyncio.get_running_loop().call_later(seconds, self._answered)

    def _answered(self) -> None:
        if not self.is_over:
            self._is_answered = True
            self.legs[Side.CLIENT].finish()
            self.progress()

    def crash(self, error: Exception) -> None:
        """Our own code raised ``error``."""
        self.failure = self.failure or error
        self.end(Over.CRASHED)

    # What flows report

    def note_end(self, side: Side, how: Ending, *, by: EndedBy = EndedBy.PEER, undelivered: int = 0) -> None:
        """Record the end of a leg."""
        self._ends[side] = how
        self.log.ended(side, how, self.now_ns(), by=by, undelivered=undelivered)
        self.recorded()

    def leg_finished(self, side: Side, how: Ending) -> None:
        """The peer of ``side`` sends no more: pass it on."""
        self._has_eof[side] = True
        if self.is_over:
            return
        self.note_end(side, how)
        self.pass_on_finish(side, how)

    def pass_on_finish(self, side: Side, how: Ending) -> None:
        """Say on the other leg that ``side`` sends no more."""
        self.legs[side.other].finish(how)
        self.progress()

    def leg_lost(self, side: Side, how: Ending) -> None:
        """The leg of ``side`` is gone."""
        self._has_eof[side] = True
        if self.is_over:
            if self._lost is not None and self._ends[side] is None:
                self.note_end(side, how, undelivered=self.legs[side].undelivered())
            return
        # What the other peer sent before it could know is part of the story, though it cannot be delivered.
        other = self.legs[side.other]
        self._lost = side
        other.read_now(_LEFTOVER_BYTES)
        other.hold(Hold.OVER)
        self.note_end(side, how, undelivered=self.legs[side].undelivered())
        self.end(Over.LOST)

    def progress(self) -> None:
        """Something was sent: it may be over."""
        if self._is_finished():
            self.end(Over.FINISHED)
        elif self._is_answered and self.legs[Side.CLIENT].is_sent:
            self.end(Over.BY_US)

    def _is_finished(self) -> bool:
        return all(self._has_eof) and all(leg.is_sent for leg in self.legs)

    # The end

    async def _pass_on_loss(self, side: Side) -> None:
        """Reset the other leg, once its peer has all that came before.

        A reset makes the kernel throw away what it has not sent, and the last of it is often the close frame.
        """
        other = self.legs[side.other]
        await _until(lambda: other.is_delivered, DRAIN_S)
        if self._ends[side.other] is None:
            self.note_end(side.other, Ending.RST, by=EndedBy.RELAY, undelivered=other.undelivered())
        other.reset()

    async def _end_ourselves(self) -> None:
        """Say FIN on both legs, and give both peers a moment to take the rest and say theirs."""
        for side in Side:
            if self._ends[side] is None:
                self.note_end(side, Ending.FIN, by=EndedBy.US)
            self.legs[side].finish()
            self.legs[side].release(Hold.CLOGGED)
        await _until(self._is_finished, LINGER_S)

    def _drop(self, how: Ending) -> None:
        for side in Side:
            if self._ends[side] is None:
                self.note_end(side, how, by=EndedBy.US, undelivered=self.legs[side].undelivered())
            self.legs[side].reset()


async def _until(is_true: Callable[[], bool], seconds: float) -> None:
    """Wait until something is true, at most so long; the kernel announces no change of its queues."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    pause = _FIRST_LOOK_S
    while not is_true() and loop.time() < end:
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LOOKS_S)
