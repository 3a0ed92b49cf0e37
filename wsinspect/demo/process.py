"""The demo as its parent sees it: a child process with a target to put the relay in front of."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from wsinspect.errors import EnvironmentProblem

START_TIMEOUT = 15.0
"""Seconds for the child to open its endpoints; a slow machine takes two."""
STOP_TIMEOUT = 4.0
"""Seconds for the child to close its connections before it is ended the hard way."""


class DemoProcess:
    """Starts ``python -m wsinspect.demo``, tells it when to play, and ends it."""

    def __init__(self, log: Path, *, pace: float = 1.0) -> None:
        """Prepare; nothing runs yet.

        Args:
            log: File that takes what the child writes to stderr; replaced if it is there.
            pace: How many times faster than normal the scenarios run.
        """
        self._log = log
        self._pace = pace
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, once: bool = False) -> str:
        """Open the endpoints.

        Args:
            once: Play each scenario once and exit, instead of playing until stopped.

        Returns:
            The target's URL, such as ``ws://127.0.0.1:39001``.

        Raises:
            EnvironmentProblem: The child could not be started, or ended before it said where it is.
        """
        try:
            # Its own session, so that Ctrl-C in the terminal reaches the parent only, which stops it in order.
            # -P: nothing in the user's working directory may stand in for a module.
            with self._log.open("wb") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "wsinspect.demo", "--pace", str(self._pace)),
                    *(["--once"] if once else []),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as problem:
            raise EnvironmentProblem(f"cannot start the demo: {problem}") from problem
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            try:
                async with asyncio.timeout(START_TIMEOUT):
                    target = await self._target()
            except (ValueError, KeyError, TimeoutError) as problem:
                raise EnvironmentProblem("the demo's endpoints did not open", f"see {self._log}") from problem
            undo.pop_all()
        return target

    async def play(self, relay_url: str) -> None:
        """Let the clients connect to the relay; without effect when the child has ended."""
        process = self._running()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.write(json.dumps({"relay": relay_url}).encode() + b"\n")
                await process.stdin.drain()

    async def wait(self) -> int:
        """Wait until the child has ended.

        Returns:
            Its exit status; 0 when it played once or was stopped.
        """
        return await self._running().wait()

    async def stop(self) -> None:
        """End the demo in order, within a few seconds; safe to call twice, or when it never started."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for insist in (None, process.terminate, process.kill):
            with contextlib.suppress(ProcessLookupError):
                if insist is not None:
                    insist()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
                return

    async def _target(self) -> str:
        process = self._running()
        line = await process.stdout.readline() if process.stdout else b""
        target: str = json.loads(line)["target"]
        return target

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("start() comes first")
        return self._process
