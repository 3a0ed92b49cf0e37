"""One accepted TCP connection, from its first byte to its last.

Whatever a peer does here ends this connection at most; what our own code does wrong becomes a note in its recording.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from wsinspect.capture.answers import Answering, NoLog, PlainAnswer, UpgradeAnswer
from wsinspect.capture.dial import Dialler, DialProblem, Reached
from wsinspect.capture.flows import BodyFlow, Waiting
from wsinspect.capture.heads import Refusal, Rules
from wsinspect.capture.intake import HeadTooLong, Intake, SpeaksTls
from wsinspect.capture.leg import Leg
from wsinspect.capture.link import Link
from wsinspect.capture.pace import Pace
from wsinspect.capture.relay import LINGER_S, Desk, Relay
from wsinspect.capture.tls import HandshakeFailed, TlsLink
from wsinspect.capture.watch import Watch
from wsinspect.clock import Clock
from wsinspect.model import EndedBy, Ending, EventKind, Side
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.wire.body import request_body
from wsinspect.wire.handshake import MalformedHead, RequestHead, parse_request

HEAD_S = 20.0
"""How long a client may take for its TLS handshake, and then for its request head."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all exchanges of one relay share."""

    rules: Rules
    dialler: Dialler
    recorder: Recorder
    clock: Clock
    pace: Pace
    watch: Watch
    context: ssl.SSLContext | None
    """TLS settings of the listening side; None for ws://."""


class _Answered(Exception):
    """The exchange ends with an answer of ours; carries it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


class Exchange:
    """Serves one accepted connection.

    Args:
        site: the relay it belongs to.
        sock: the accepted socket; taken over.
    """

    def __init__(self, site: Site, sock: socket.socket) -> None:
        self._site = site
        self._intake = Intake(site.clock)
        self._link = Link(sock, self._intake, asyncio.get_running_loop(), site.watch)
        self._client: Leg = self._link
        self._server: Leg | None = None
        self._relay: Relay | None = None
        self._recording: Recording | None = None
        self._is_client_ended = False
        self._task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """End both legs in order."""
        if self._relay is not None:
            self._relay.end()
        elif self._task is not None:
            self._task.cancel()

    async def run(self) -> None:
        """Serve the connection to its end; raises nothing but cancellation."""
        self._task = asyncio.current_task()
        try:
            await self._serve()
        except asyncio.CancelledError:
            self._end_client(Ending.FIN, by=EndedBy.US)
            self._client.finish()
            raise
        except Exception as error:  # the edge: one connection may fail, the process lives on
            self._note_failure(error)
            self._end_client(Ending.RST, by=EndedBy.US)
            self._client.reset()
        finally:
            self._leave()

    async def _serve(self) -> None:
        request: RequestHead | None = None
        try:
            if not await self._secure():
                return
            request = await self._request()
            if request is None:
                return
            await self._pass_on(request)
        except _Answered as answer:
            await self._answer(answer.refusal, request)

    # The request

    async def _secure(self) -> bool:
        """Shake hands with the client when we speak TLS; whether there is a leg to read requests from."""
        context = self._site.context
        if context is not None:
            tls = TlsLink(self._link, self._intake, context, None)
            try:
                async with asyncio.timeout(HEAD_S):
                    await tls.handshake()
            except TimeoutError:
                return False
            except HandshakeFailed as failure:
                await self._unsecured(failure)
                return False
            self._client = tls
        self._intake.attach(self._client)
        self._site.pace.add(self._client)
        return True

    async def _unsecured(self, failure: HandshakeFailed) -> None:
        """Say what went wrong in the client's TLS handshake, to the user and, if it speaks HTTP, to the client."""
        error = failure.error
        reason = (error.reason or "").replace("_", " ").lower() if error is not None else ""
        if reason == "http request":
            refusal = Refusal(400, "this port speaks TLS; use wss:// or https://")
            self._link.write(refusal.head + refusal.body)
            problem = "the client does not speak TLS; point it at the wss:// address"
        elif "alert" in reason:
            problem = f"the client broke off the TLS handshake: {reason}; does it trust the certificate?"
        elif error is not None:
            problem = f"the TLS handshake with the client failed: {reason or 'no reason given'}"
        else:
            return
        self._link.finish()
        self._note(problem, EventKind.FAILED)

    async def _request(self) -> RequestHead | None:
        """The client's request head; None when it left without one."""
        try:
            async with asyncio.timeout(HEAD_S):
                raw = await self._intake.head()
        except TimeoutError:
            if not self._intake.size:
                return None
            raise self._malformed(408, f"no complete request head came within {HEAD_S:.0f} s") from None
        except SpeaksTls:
            raise self._malformed(400, _SPEAKS_TLS) from None
        except HeadTooLong:
            raise self._malformed(431, "the request head is longer than 64 KiB") from None
        if raw is None:
            return None
        try:
            return parse_request(raw)
        except MalformedHead as error:
            raise self._malformed(400, error.problem) from None

    def _malformed(self, status: int, problem: str) -> _Answered:
        self._note(problem, EventKind.NOTE)
        return _Answered(Refusal(status, problem))

    def _note(self, problem: str, kind: EventKind) -> None:
        """Tell the user of a client that never came to a request."""
        text = f"{self._link.peer}: {problem}"
        facts = {"stage": "tls", "problem": text, "leg": "client"} if kind is EventKind.FAILED else {"text": text}
        self._site.recorder.event(kind, self._site.clock.now_ns(), **facts)
        self._site.pace.recorded()

    # The target

    async def _pass_on(self, request: RequestHead) -> None:
        """Send the request on and join the two legs."""
        site = self._site
        refusal = site.rules.refusal(request)
        path = site.rules.path(request)
        if request.is_websocket:
            self._recording = site.recorder.opened(
                source="relay",
                client=self._client.peer,
                url=site.rules.target.url(path),
                path=site.rules.asked(request),
                request=request.raw,
                at_ns=self._intake.first_ns,
            )
            site.pace.recorded()
        if refusal is not None:
            raise _Answered(refusal)
        reached = await self._dial()
        if reached is None:
            return
        self._server = reached.leg
        site.pace.add(reached.leg)
        head = site.rules.forwarded(request)
        if self._recording is not None:
            self._recording.dialled(reached.leg.peer, site.clock.now_ns())
            self._recording.timing(connect_ns=reached.connect_ns, tls_ns=reached.tls_ns)
            self._recording.forwarded(head, site.clock.now_ns())
        relay = self._join(request, reached, head)
        site.pace.recorded()
        await relay.run()
        if relay.failure is not None:
            self._note_failure(relay.failure)

    def _join(self, request: RequestHead, reached: Reached, head: bytes) -> Relay:
        """Send the head and set both flows going."""
        desk = Desk(self._site.clock, self._site.pace)
        relay = Relay(self._client, reached.leg, self._recording or NoLog(), desk)
        self._relay = relay
        sent_ns = self._site.clock.now_ns()
        reached.leg.write(head)
        if self._recording is not None:
            waiting = Waiting(relay, Side.CLIENT)
            self._intake.hand_over(waiting)
            upgrade = UpgradeAnswer(relay, request, self._recording, waiting, sent_ns)
            reached.intake.hand_over(Answering(relay, upgrade))
        else:
            self._intake.hand_over(BodyFlow(relay, Side.CLIENT, request_body(request)))
            plain = PlainAnswer(relay, request, lambda status: self._count(request, status))
            reached.intake.hand_over(Answering(relay, plain))
        return relay

    async def _dial(self) -> Reached | None:
        """Reach the target; None when the client is gone before that.

        Raises:
            _Answered: the target was not reached.
        """
        loop = asyncio.get_running_loop()
        dialling = loop.create_task(self._site.dialler.dial())
        try:
            either: set[asyncio.Future[Any]] = {dialling, self._intake.gone}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not dialling.done():
                self._end_client(self._intake.gone.result())
                return None
            return dialling.result()
        except DialProblem as problem:
            if self._recording is not None:
                at_ns = self._site.clock.now_ns()
                if problem.address:
                    self._recording.dialled(problem.address, at_ns)
                self._recording.failed(problem.problem, problem.stage, at_ns)
            url = self._site.rules.target.url("")
            raise _Answered(Refusal(502, f"cannot reach {url}: {problem.problem} ({problem.hint})")) from None
        finally:
            if not dialling.done():
                dialling.cancel()

    # Our own answers

    async def _answer(self, refusal: Refusal, request: RequestHead | None) -> None:
        """Answer ourselves and let the client go."""
        recording, at_ns = self._recording, self._site.clock.now_ns()
        self._client.write(refusal.head)
        if request is None or request.method != "HEAD":
            self._client.write(refusal.body)
        self._client.finish()
        if recording is not None:
            recording.responded(refusal.head, refusal.status, at_ns, by_us=True)
            recording.refused_body(refusal.body, at_ns)
        elif request is not None:
            self._count(request, refusal.status)
        self._end_client(Ending.FIN, by=EndedBy.US)
        await self._intake.discard(LINGER_S)

    def _count(self, request: RequestHead, status: int) -> None:
        asked = self._site.rules.asked(request)
        self._site.recorder.http_request(f"{request.method} {asked} {status}", self._site.clock.now_ns())
        self._site.pace.recorded()

    # The end

    def _end_client(self, how: Ending, *, by: EndedBy = EndedBy.PEER) -> None:
        """Record the end of the client's leg, if no relay does."""
        if self._recording is not None and self._relay is None and not self._is_client_ended:
            self._is_client_ended = True
            self._recording.ended(Side.CLIENT, how, self._site.clock.now_ns(), by=by)

    def _note_failure(self, error: Exception) -> None:
        text = f"wsinspect failed on this connection: {type(error).__name__}: {error}"
        at_ns = self._site.clock.now_ns()
        if self._recording is not None:
            self._recording.event(EventKind.NOTE, at_ns, text=text)
        else:
            self._site.recorder.event(EventKind.NOTE, at_ns, text=text)

    def _leave(self) -> None:
        for leg in (self._client, self._server):
            if leg is not None:
                self._site.pace.discard(leg)
                leg.close()
        if self._recording is not None:
            self._recording.closed(self._site.clock.now_ns())
        self._site.pace.recorded()


_SPEAKS_TLS = "the client speaks TLS, and this port does not; use ws://, or start wsinspect with --cert and --key"
