"""What follows a request that was sent on: the server's answer, then the WebSocket, a refusal's body, or plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from wsinspect.capture.flows import BodyFlow, Dropped, Flow, Waiting
from wsinspect.capture.relay import Relay
from wsinspect.model import EndedBy, Ending, EventKind, Side
from wsinspect.session.recording.connection import Recording
from wsinspect.wire.body import response_body
from wsinspect.wire.handshake import (
    MAX_HEAD_BYTES,
    MalformedHead,
    RequestHead,
    ResponseHead,
    answer_problems,
    head_end,
    negotiation_problems,
    parse_response,
)

REFUSED_S = 3.0
"""How long both sides have to end the connection themselves after a refused upgrade, before we do."""


class Answer(Protocol):
    """Decides what becomes of the server's answer."""

    def interim(self, head: ResponseHead) -> None:
        """A 1xx answer that is not the last word."""

    def final(self, head: ResponseHead, at_ns: int) -> Flow:
        """The final answer; returns the flow for what the server sends behind it."""

    def garbage(self, data: bytes, at_ns: int) -> Flow:
        """Something that is no HTTP/1 answer; returns the flow for it and all that follows."""

    def absent(self, how: Ending, at_ns: int) -> None:
        """The server's side ended (FIN or worse) before its final answer."""


class Answering(Flow):
    """The server's side until its final answer is complete."""

    def __init__(self, relay: Relay, answer: Answer) -> None:
        super().__init__(relay, Side.SERVER)
        self._answer = answer
        self._data = bytearray()

    def took(self, data: bytes, at_ns: int) -> None:
        """Look for the end of the head."""
        if self.relay.is_over:
            return
        searched = len(self._data)
        self._data += data
        while (end := head_end(self._data, searched)) >= 0:
            raw = bytes(self._data[:end])
            try:
                head = parse_response(raw)
            except MalformedHead:
                break
            del self._data[:end]
            searched = 0
            if 100 <= head.status < 200 and head.status != 101:
                self._answer.interim(head)
                continue
            self._follow(self._answer.final(head, at_ns), at_ns)
            return
        start = bytes(self._data[:7])
        if end >= 0 or start != b"HTTP/1."[: len(start)] or len(self._data) > MAX_HEAD_BYTES:
            self._follow(self._answer.garbage(bytes(self._data), at_ns), at_ns)

    def finished(self, how: Ending) -> None:
        """The server sends no more and has not answered."""
        self._leave(how)
        super().finished(how)

    def lost(self, how: Ending) -> None:
        """The server's leg is gone before it answered."""
        self._leave(how)
        super().lost(how)

    def _leave(self, how: Ending) -> None:
        if not self.relay.is_over:
            if self._data:
                self.sink.write(bytes(self._data))
                self._data.clear()
            self._answer.absent(how, self.relay.now_ns())

    def _follow(self, flow: Flow, at_ns: int) -> None:
        self.source.user = flow
        if self._data:
            flow.took(bytes(self._data), at_ns)
            self._data.clear()


class ClosingBody(BodyFlow):
    """A response's body, after which the connection is over.

    Args:
        relay: the relay.
        head: the response's head.
        method: what the request's method was.
        ended: called when the last byte was passed on, or the server's side ended.
    """

    def __init__(self, relay: Relay, head: ResponseHead, method: str, ended: Callable[[], None]) -> None:
        super().__init__(relay, Side.SERVER, response_body(head, method))
        self._ended = ended
        if self._body.is_done:
            self.completed()

    def completed(self) -> None:
        """The last byte was passed on."""
        self._ended()

    def finished(self, how: Ending) -> None:
        """The server sends no more."""
        super().finished(how)
        self._ended()


class RefusalLog:
    """Records a refused upgrade: the body beside the head, and how both legs ended."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.ended = recording.ended

    def read(self, side: Side, data: bytes, at_ns: int) -> None:
        """A piece of the body."""
        if side is Side.SERVER:
            self._recording.refused_body(data, at_ns)


class NoLog:
    """Plain HTTP: passed on, not recorded."""

    def read(self, side: Side, data: bytes, at_ns: int) -> None:
        """Not recorded."""

    def ended(self, leg: Side, how: Ending, at_ns: int, *, by: EndedBy = EndedBy.PEER, undelivered: int = 0) -> None:
        """Not recorded."""


class UpgradeAnswer:
    """The answer to an upgrade.

    Args:
        relay: its log is the recording.
        request: the client's head.
        recording: the connection.
        waiting: the client's flow until now.
        sent_ns: when the request was sent on.
    """

    def __init__(
        self, relay: Relay, request: RequestHead, recording: Recording, waiting: Waiting, sent_ns: int
    ) -> None:
        self._relay = relay
        self._request = request
        self._recording = recording
        self._waiting = waiting
        self._sent_ns = sent_ns
        self._client = relay.legs[Side.CLIENT]

    def interim(self, head: ResponseHead) -> None:
        """Passed on."""
        self._client.write(head.raw)

    def final(self, head: ResponseHead, at_ns: int) -> Flow:
        """Record it, pass it on as it is, and let the frames or the refusal's body follow."""
        self._recording.timing(upgrade_ns=at_ns - self._sent_ns)
        self._recording.responded(head.raw, head.status, at_ns)
        self._client.write(head.raw)
        if head.status != 101:
            return self._refused(head)
        invalid = answer_problems(self._request, head)
        if not invalid:
            self._recording.upgraded(
                at_ns,
                subprotocol=head.get("sec-websocket-protocol"),
                extensions=head.get("sec-websocket-extensions"),
            )
        for problem in invalid:
            self._recording.failed(problem, "upgrade", at_ns)
        for problem in () if invalid else negotiation_problems(self._request, head):
            self._recording.event(EventKind.NOTE, at_ns, Side.SERVER, text=problem)
        self._relay.recorded()
        self._waiting.hand_over(Flow(self._relay, Side.CLIENT))
        return Flow(self._relay, Side.SERVER)

    def garbage(self, data: bytes, at_ns: int) -> Flow:
        """Pass it on all the same: the client shall see what it would see without us."""
        self._recording.failed("the server answered with something that is not HTTP", "upgrade", at_ns)
        return self._without_upgrade(Flow(self._relay, Side.SERVER))

    def absent(self, how: Ending, at_ns: int) -> None:
        """Nothing more will come from the server."""
        did = {Ending.RST: "reset the connection", Ending.TIMEOUT: "was no longer reachable"}
        what = did.get(how, "closed the connection")
        if self._relay.has_ended(Side.CLIENT):
            problem = "the client left before the server answered the upgrade"
        else:
            problem = f"the server {what} without answering the upgrade"
        self._recording.failed(problem, "upgrade", at_ns)

    def _refused(self, head: ResponseHead) -> Flow:
        loop_ended = self._relay.end_after
        return self._without_upgrade(
            ClosingBody(self._relay, head, self._request.method, lambda: loop_ended(REFUSED_S))
        )

    def _without_upgrade(self, flow: Flow) -> Flow:
        self._relay.log = RefusalLog(self._recording)
        self._relay.recorded()
        self._waiting.hand_over(Dropped(self._relay, Side.CLIENT))
        return flow


class PlainAnswer:
    """The answer to a plain HTTP request: passed on with ``Connection: close``.

    Args:
        relay: its log records nothing.
        request: the client's head.
        count: told the final status.
    """

    def __init__(self, relay: Relay, request: RequestHead, count: Callable[[int], None]) -> None:
        self._relay = relay
        self._request = request
        self._count = count
        self._client = relay.legs[Side.CLIENT]

    def interim(self, head: ResponseHead) -> None:
        """Passed on."""
        self._client.write(head.raw)

    def final(self, head: ResponseHead, at_ns: int) -> Flow:
        """Pass it on; one request is all that a connection gets."""
        self._count(head.status)
        self._client.write(head.rewritten({"Connection": "close"}))
        return ClosingBody(self._relay, head, self._request.method, lambda: self._relay.end_after(0))

    def garbage(self, data: bytes, at_ns: int) -> Flow:
        """Passed on all the same."""
        return Flow(self._relay, Side.SERVER)

    def absent(self, how: Ending, at_ns: int) -> None:
        """The end is passed on; nothing is counted."""
