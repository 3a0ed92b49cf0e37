"""The running capture: listeners, their connections and the session file, from start to an orderly stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import platform
import socket
import sys

import wsinspect
from wsinspect.capture.certificates import listener_context, target_context
from wsinspect.capture.dial import Dialler, resolve
from wsinspect.capture.exchange import Exchange, Site
from wsinspect.capture.heads import Rules, host_name
from wsinspect.capture.listen import (
    Listener,
    lan_notices,
    open_listeners,
    own_names,
    own_origins,
    refuse_loop,
)
from wsinspect.capture.pace import Pace
from wsinspect.capture.plan import CapturePlan, Started
from wsinspect.capture.target import Target, parse_target
from wsinspect.capture.tasks import Tasks
from wsinspect.capture.watch import Watch
from wsinspect.clock import REANCHOR_S, Clock
from wsinspect.errors import EnvironmentProblem
from wsinspect.model import EventKind
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter

STOP_S = 3.0
"""How long open connections may take to end when the capture stops."""

_RESOLVE_S = 2.0
_OUT_OF_FILES_S = 0.5

_OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Capture:
    """One relay being recorded; made by ``start``."""

    def __init__(self, site: Site, listeners: list[Listener], writer: SessionWriter) -> None:
        self._site = site
        self._listeners = listeners
        self._writer = writer
        self._exchanges: set[Exchange] = set()
        self._is_stopped = False
        self._tasks = Tasks(self._task_failed)
        self._services = Tasks(self._task_failed)
        for listener in listeners:
            self._services.start(self._accept(listener.sock))
        self._services.start(self._keep_time())

    async def _accept(self, listening: socket.socket) -> None:
        """Take connections until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, _ = await loop.sock_accept(listening)
            except OSError as error:
                if error.errno in _OUT_OF_FILES:
                    self._note("no more connections can be taken: the system is out of file descriptors")
                await asyncio.sleep(_OUT_OF_FILES_S if error.errno in _OUT_OF_FILES else 0)
                continue
            self._tasks.start(self._serve(sock))

    async def _serve(self, sock: socket.socket) -> None:
        exchange = Exchange(self._site, sock)
        self._exchanges.add(exchange)
        try:
            await exchange.run()
        finally:
            self._exchanges.discard(exchange)

    async def _keep_time(self) -> None:
        """Re-anchor the clock, and say when it jumped: then the machine slept, or this process was stopped."""
        while True:
            await asyncio.sleep(REANCHOR_S)
            jump_ns = self._site.clock.reanchor()
            if jump_ns > 0:
                self._event(EventKind.SLEEP, seconds=round(jump_ns / 1e9, 1))
            elif jump_ns < 0:
                self._note(f"this machine's clock was set back by {-jump_ns / 1e9:.1f} s")

    async def stop(self) -> str:
        """Close the listeners, end all connections, and make the file whole; a second call does nothing.

        Returns:
            Why the file is not whole; empty when it is.
        """
        if self._is_stopped:
            return ""
        self._is_stopped = True
        await self._services.finish(0)
        for listener in self._listeners:
            listener.sock.close()
        for exchange in list(self._exchanges):
            exchange.stop()
        await self._tasks.finish(STOP_S)
        self._site.pace.stop()
        return self._writer.stop(self._site.clock.now_ns())

    def _task_failed(self, error: BaseException) -> None:
        self._note(f"wsinspect failed: {type(error).__name__}: {error}")

    def _note(self, text: str) -> None:
        self._event(EventKind.NOTE, text=text)

    def _event(self, kind: EventKind, **data: str | float) -> None:
        self._site.recorder.event(kind, self._site.clock.now_ns(), **data)
        self._site.pace.recorded()


async def start(plan: CapturePlan) -> tuple[Capture, Started]:
    """Begin to listen and to record.

    Raises:
        WsInspectError: something the user named cannot be used; nothing is left behind but perhaps an empty file.
    """
    target = parse_target(plan.target)
    inward = listener_context(plan.cert, plan.key) if plan.cert else None
    outward = target_context(insecure=plan.insecure, ca=plan.ca) if target.is_tls else None
    listeners = open_listeners(plan.listen, target)
    with contextlib.ExitStack() as undo:
        for listener in listeners:
            undo.callback(listener.sock.close)
        refuse_loop(target, await _addresses(target), listeners)
        clock = Clock()
        writer = SessionWriter(plan.file, _facts(plan, target, listeners, clock), keep=plan.keep)
        undo.pop_all()
    loop = asyncio.get_running_loop()
    recorder, watch = Recorder(writer), Watch(loop)
    rules = Rules(
        target=target,
        hosts=own_names(listeners) | {host_name(name) for name in plan.allow_host},
        origins=own_origins(listeners, is_tls=inward is not None),
        is_tls=inward is not None,
        keep_host=plan.keep_host,
        origin=plan.origin,
    )
    dialler = Dialler(target, outward, clock, watch)
    site = Site(rules, dialler, recorder, clock, Pace(recorder, loop), watch, inward)
    scheme = "wss" if inward else "ws"
    urls = tuple(dict.fromkeys(f"{scheme}://{listener.authority}" for listener in listeners))
    return Capture(site, listeners, writer), Started(urls, lan_notices(listeners), plan.file)


async def _addresses(target: Target) -> list[str]:
    """The target's IP addresses as far as they are known now."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_RESOLVE_S):
            return [address[0] for _, address in await resolve(target.host, target.port)]
    return []


def _facts(plan: CapturePlan, target: Target, listeners: list[Listener], clock: Clock) -> dict[str, str]:
    if not listeners:
        raise EnvironmentProblem("nothing to listen on")
    path = target.path + (f"?{target.query}" if target.query else "")
    return {
        "source": f"proxy {listeners[0].authority} → {target.url(path)}",
        "command": plan.command,
        "version": wsinspect.__version__,
        "platform": f"{platform.system()} {platform.release()}, Python {sys.version.split()[0]}",
        "started_ns": str(clock.now_ns()),
    }
