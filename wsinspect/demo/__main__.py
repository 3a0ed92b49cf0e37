"""The demo's process: opens its endpoints, says where, and plays when it is told the relay's address.

Control, one JSON object per line. To the parent on stdout: ``{"target": "ws://127.0.0.1:PORT"}``, once. From the
parent on stdin: ``{"relay": "ws://127.0.0.1:PORT"}``, once. The end of stdin, or SIGINT, SIGTERM, SIGHUP, ends the
demo in order. The log goes to stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import threading

from wsinspect.demo.scenarios import routes
from wsinspect.demo.show import play
from wsinspect.demo.stage import CLOSE_TIMEOUT, LOG, Stage
from wsinspect.demo.target import open_target
from wsinspect.demo.upstreams import open_upstreams


class Control:
    """What the parent asked for, read from stdin in a thread."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._relay: asyncio.Future[str] = self._loop.create_future()

    def start(self) -> None:
        """Begin to read, and to heed signals."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            # Windows has no SIGHUP (AttributeError), and its loops take no handlers (NotImplementedError). Nothing is
            # lost: the demo ends in order when its stdin is closed, which the parent does on every system.
            with contextlib.suppress(AttributeError, NotImplementedError):
                self._loop.add_signal_handler(getattr(signal, name), self.stop.set)
        threading.Thread(target=self._read, daemon=True).start()

    async def relay(self) -> str | None:
        """The relay's base URL; None when the demo is stopped before it comes."""
        stopped: asyncio.Future[bool] = asyncio.ensure_future(self.stop.wait())
        either: set[asyncio.Future[bool] | asyncio.Future[str]] = {stopped, self._relay}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        return self._relay.result() if self._relay.done() else None

    def _read(self) -> None:
        pending = b""
        # os.read, not sys.stdin: a thread that sits in a buffered read cannot be left behind when the process exits.
        while data := os.read(0, 4096):
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                with contextlib.suppress(RuntimeError):  # the loop is closed: the demo has ended
                    self._loop.call_soon_threadsafe(self._obey, line)
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.stop.set)

    def _obey(self, line: bytes) -> None:
        try:
            relay = json.loads(line)["relay"]
        except (ValueError, TypeError, KeyError):
            LOG.error('not understood on stdin, expected {"relay": URL}')
            return
        if not self._relay.done():
            self._relay.set_result(str(relay).rstrip("/"))


class OneLine(logging.Formatter):
    """Failures of the endpoints are the point of the demo: one line each, no stack."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the exception's own."""
        text = f"{self.formatTime(record)} {record.getMessage()}"
        if record.exc_info and record.exc_info[1]:
            text += f": {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        return text


async def run(*, once: bool, pace: float) -> None:
    """Open the endpoints, play until told to stop or, with ``once``, until each scenario was shown."""
    control = Control()
    control.start()
    async with open_upstreams(LOG, pace) as upstreams:
        stage = Stage(upstreams, pace)
        async with open_target(stage, routes()) as target:
            sys.stdout.write(json.dumps({"target": target}) + "\n")
            sys.stdout.flush()
            relay = await control.relay()
            if relay is None:
                return
            stage.relay = relay
            await play_until(control.stop, stage, once=once)


async def play_until(stop: asyncio.Event, stage: Stage, *, once: bool) -> None:
    """Play until stop is set; the connections then open are closed, as far as that is quick."""
    playing = asyncio.ensure_future(play(stage, once=once))
    stopping: asyncio.Future[bool] = asyncio.ensure_future(stop.wait())
    either: set[asyncio.Future[None] | asyncio.Future[bool]] = {playing, stopping}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    playing.cancel()
    await asyncio.wait({playing}, timeout=CLOSE_TIMEOUT)


def main() -> None:
    """The entry point of the process."""
    parser = argparse.ArgumentParser(prog="python -m wsinspect.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play each scenario once, then end")
    parser.add_argument("--pace", type=float, default=1.0, help="how many times faster than normal")
    options = parser.parse_args()
    if options.pace <= 0:
        parser.error("--pace is above 0")
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    LOG.addHandler(handler)
    LOG.propagate = False
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        asyncio.run(run(once=options.once, pace=options.pace))


if __name__ == "__main__":
    main()
