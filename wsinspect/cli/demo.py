"""``wsinspect demo``: every classic close, made by real endpoints on loopback."""

from __future__ import annotations

from pathlib import Path

import click

from wsinspect.capture.plan import CapturePlan
from wsinspect.cli.live import Output, keep_of, output_options, run_live, session_file
from wsinspect.cli.screen import Left
from wsinspect.demo.process import DemoProcess
from wsinspect.paths import log_folder
from wsinspect.session.recording.ring import Keep


@click.command()
@click.option("--once", is_flag=True, help="Play each scene once and end, instead of going round.")
@output_options
def demo(once: bool, file: Path | None, keep: tuple[Keep, ...], headless: bool, as_json: bool) -> int:
    """Watch real servers, a gateway and clients close in every classic way.

    All of it runs on this machine, through the same recording and the same screen as your own traffic.
    """
    return watch(session_file(file, "demo"), Output(headless, as_json), once=once, keep=keep_of(keep)).status


def watch(file: Path, output: Output, *, once: bool = False, keep: Keep | None = None) -> Left:
    """Play the demo and show it until the user ends it; returns how it was left.

    Args:
        file: where it is recorded to.
        output: how to show it.
        once: end after the last scene instead of going round.
        keep: how much of the recording is kept; None for all of it.

    Raises:
        WsInspectError: it cannot be started; the text says why.
    """
    plan = CapturePlan(file=file, target="", listen=("127.0.0.1:0",), keep=keep or Keep(), command="wsinspect demo")
    return run_live(plan, output, traffic=DemoTraffic(once))


class DemoTraffic:
    """The demo's endpoints, as traffic of a live run."""

    def __init__(self, once: bool) -> None:
        self._once = once
        self._process = DemoProcess(log_folder() / "demo.log")

    async def prepare(self) -> str:
        """Open the endpoints."""
        return await self._process.start(once=self._once)

    async def play(self, relay: str) -> None:
        """Let the clients connect, and wait for the end of the last scene."""
        await self._process.play(relay)
        await self._process.wait()

    async def stop(self) -> None:
        """End all of it."""
        await self._process.stop()
