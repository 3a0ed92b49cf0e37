"""The capture process as its parent sees it: started, told to stop, waited for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from wsinspect.capture.plan import CapturePlan, Started, problem_from_json
from wsinspect.errors import EnvironmentProblem

__all__ = ["CapturePlan", "CaptureProcess", "Started"]

START_S = 30.0
"""How long the process may take to say that it listens."""

STOP_S = 20.0
"""How long an orderly stop may take before the process is killed."""


class CaptureProcess:
    """One child process that captures; can be started once.

    It lives in a session of its own, so that Ctrl-C in the terminal does not reach it, and ends in good order when
    this process dies.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._first: asyncio.Future[dict[str, Any]] | None = None
        self.log: Path | None = None
        """What the process wrote to stderr, kept only when it wrote something."""
        self.problem = ""
        """Why the session file is not whole; known after ``stop``, empty when all is well."""

    @property
    def pid(self) -> int | None:
        """The child's process id, once it was started."""
        return self._process.pid if self._process is not None else None

    async def start(self, plan: CapturePlan) -> Started:
        """Start the process and wait until it listens.

        Raises:
            WsInspectError: what the plan asks for cannot be had; the child's own words.
        """
        loop = asyncio.get_running_loop()
        self._first = loop.create_future()
        self._process = await self._spawn()
        self._reading = loop.create_task(self._read_answers(self._process))
        self._tell({"do": "relay", **plan.to_json()})
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self._kill)
            try:
                async with asyncio.timeout(START_S):
                    answer = await self._first
            except TimeoutError:
                raise EnvironmentProblem(f"the capture process did not start in {START_S:.0f} s") from None
            undo.pop_all()
        if answer.get("event") == "started":
            return Started(tuple(answer["urls"]), tuple(answer["notices"]), Path(answer["path"]))
        await self.wait()
        if answer.get("event") == "failed":
            raise problem_from_json(answer)
        hint = f"see {self.log}" if self.log is not None else ""
        raise EnvironmentProblem(f"the capture process ended at once with status {await self.wait()}", hint)

    async def stop(self) -> None:
        """Stop in good order: connections ended, file whole. Kills the process when that takes too long.

        Readers of the session file should be closed before, so that it can leave its write-ahead log.
        """
        process = self._process
        if process is None:
            return
        self._tell({"do": "stop"})
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(STOP_S):
                await self.wait()
        except TimeoutError:
            await self._kill()

    async def wait(self) -> int:
        """Wait until the process has ended; its exit status, negative for a signal."""
        if self._process is None:
            return 0
        status = await self._process.wait()
        if self._reading is not None:
            await self._reading
        self._drop_empty_log()
        return status

    async def _spawn(self) -> asyncio.subprocess.Process:
        # Textual draws on stderr, so the child must not write there.
        descriptor, name = tempfile.mkstemp(prefix="wsinspect-capture-", suffix=".log")
        self.log = Path(name)
        try:
            # -P: a file in the user's folder must not be taken for a module of ours.
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "wsinspect.capture"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=descriptor,
                start_new_session=True,
            )
        except OSError as error:
            raise EnvironmentProblem(f"cannot start the capture process: {error.strerror}") from None
        finally:
            os.close(descriptor)

    async def _read_answers(self, process: asyncio.subprocess.Process) -> None:
        """Take the child's answers until it closes its stdout."""
        if process.stdout is None or self._first is None:
            return
        async for line in process.stdout:
            with contextlib.suppress(ValueError):
                answer = json.loads(line)
                if answer.get("event") == "stopped":
                    self.problem = str(answer.get("problem", ""))
                if not self._first.done():
                    self._first.set_result(answer)
        if not self._first.done():
            self._first.set_result({"event": "ended"})

    def _tell(self, command: dict[str, object]) -> None:
        stdin = self._process.stdin if self._process is not None else None
        if stdin is not None and not stdin.is_closing():
            stdin.write(json.dumps(command).encode() + b"\n")

    async def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self.wait()

    def _drop_empty_log(self) -> None:
        if self.log is not None and self.log.exists() and not self.log.stat().st_size:
            self.log.unlink()
            self.log = None
