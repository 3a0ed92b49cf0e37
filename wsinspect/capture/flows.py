"""The flows of a relay: each moves the bytes that one side sends, for one stage of the connection."""

from __future__ import annotations

from wsinspect.capture.leg import Hold
from wsinspect.capture.relay import Relay
from wsinspect.model import Ending, Side
from wsinspect.wire.body import Body, MalformedBody
from wsinspect.wire.handshake import MAX_HEAD_BYTES


class Flow:
    """What one side sends, recorded and passed on unchanged: the WebSocket itself."""

    def __init__(self, relay: Relay, side: Side) -> None:
        self.relay = relay
        self.side = side
        self.source = relay.legs[side]
        self.sink = relay.legs[side.other]

    def received(self, data: bytes) -> None:
        """Bytes arrived just now."""
        self.took(data, self.relay.now_ns())

    def took(self, data: bytes, at_ns: int) -> None:
        """Pass on and record the same bytes; in this order, so that recording costs the peers no time."""
        relay = self.relay
        if relay.is_over:
            return
        self.pass_on(data)
        relay.log.read(self.side, data, at_ns)
        relay.recorded()

    def pass_on(self, data: bytes) -> None:
        """Send to the other side, and stop reading when it takes no more."""
        self.sink.write(data)
        if self.sink.is_clogged:
            self.source.hold(Hold.CLOGGED)

    def finished(self, how: Ending) -> None:
        """The side sends no more."""
        self.relay.leg_finished(self.side, how)

    def lost(self, how: Ending) -> None:
        """The side's leg is gone."""
        self.relay.leg_lost(self.side, how)

    def relieved(self) -> None:
        """The side's leg takes bytes again: the other one may be read."""
        self.sink.release(Hold.CLOGGED)
        self.relay.progress()

    def crashed(self, error: Exception) -> None:
        """One of these methods raised."""
        self.relay.crash(error)


class Waiting(Flow):
    """What a client sends before its upgrade is answered: kept, since after a refusal it must go nowhere."""

    def __init__(self, relay: Relay, side: Side) -> None:
        super().__init__(relay, side)
        self._kept = bytearray()
        self._at_ns = 0
        self._end: Ending | None = None

    def took(self, data: bytes, at_ns: int) -> None:
        """Keep it; at most about MAX_HEAD_BYTES."""
        self._kept += data
        self._at_ns = at_ns
        if len(self._kept) >= MAX_HEAD_BYTES:
            self.source.hold(Hold.INTAKE)

    def finished(self, how: Ending) -> None:
        """Pass the end on, but not past kept bytes."""
        if self._kept and not self.relay.is_over:
            self._end = how
        else:
            super().finished(how)

    def hand_over(self, flow: Flow) -> None:
        """Make ``flow`` move the bytes from here on, those that were kept first."""
        self.source.user = flow
        if self._kept:
            flow.took(bytes(self._kept), self._at_ns)
        if self._end is not None:
            flow.finished(self._end)
        self.source.release(Hold.INTAKE)


class Dropped(Flow):
    """What a client sends behind a request that gets no second one: read and thrown away."""

    def took(self, data: bytes, at_ns: int) -> None:
        """Throw it away."""


class BodyFlow(Flow):
    """A message body, passed on to its last byte; what stands behind that is thrown away.

    Args:
        relay: as for every flow.
        side: who sends the body.
        body: follows the body to its end.
    """

    def __init__(self, relay: Relay, side: Side, body: Body) -> None:
        super().__init__(relay, side)
        self._body = body

    def took(self, data: bytes, at_ns: int) -> None:
        """Pass on what belongs to the body."""
        if self.relay.is_over or self._body.is_done:
            return
        try:
            part = data[: self._body.feed(data)]
        except MalformedBody:
            # Nobody can tell where it ends, so the end of the connection does.
            self._body, part = Body(None), data
        if part:
            self.pass_on(part)
            self.relay.log.read(self.side, part, at_ns)
            self.relay.recorded()
        if self._body.is_done:
            self.completed()

    def completed(self) -> None:
        """The last byte was passed on."""
