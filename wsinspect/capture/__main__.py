"""The capture process: ``python -m wsinspect.capture``, started by ``CaptureProcess`` and spoken to in JSON lines.

Down: first ``{"do": "relay", ...}`` with the fields of a CapturePlan, later ``{"do": "stop"}``; the end of stdin stops
as well. Up: ``started``, ``failed`` and ``stopped``.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from wsinspect import cycles
from wsinspect.capture.control import Control
from wsinspect.capture.plan import CapturePlan, problem_to_json
from wsinspect.capture.service import start
from wsinspect.errors import WsInspectError

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


async def run() -> int:
    """Serve one plan; the exit status."""
    loop = asyncio.get_running_loop()
    control = Control(loop)
    stopping = asyncio.Event()
    for number in SIGNALS:
        loop.add_signal_handler(number, stopping.set)
    command = await control.next()
    if command is None or command.pop("do", None) != "relay":
        return 0
    try:
        capture, started = await start(CapturePlan.from_json(command))
    except WsInspectError as error:
        control.answer(problem_to_json(error))
        return error.exit_code
    control.answer({"event": "started", "urls": started.urls, "notices": started.notices, "path": str(started.path)})
    listening = loop.create_task(_until_told(control, stopping))
    await stopping.wait()
    listening.cancel()
    problem = await capture.stop()
    control.answer({"event": "stopped", "problem": problem})
    return 0


async def _until_told(control: Control, stopping: asyncio.Event) -> None:
    """Wait for the parent's word or end."""
    while True:
        command = await control.next()
        if command is None or command.get("do") == "stop":
            stopping.set()
            return


if __name__ == "__main__":
    cycles.look_rarely()
    sys.exit(asyncio.run(run()))
