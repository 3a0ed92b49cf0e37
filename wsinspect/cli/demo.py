"""``wsinspect demo``: every classic close, made by real endpoints on loopback."""

from __future__ import annotations

from pathlib import Path

import click

from wsinspect.capture.plan import CapturePlan
from wsinspect.cli.live import Output, Traffic, output_options, run_live
from wsinspect.demo.process import DemoProcess


@click.command()
@click.option("--once", is_flag=True, help="Play each scene once and end, instead of going round.")
@output_options
def demo(once: bool, file: Path | None, headless: bool, as_json: bool) -> int:
    """Watch real servers, a gateway and clients close in every classic way.

    All of it runs on this machine, through the same recording and the same screen as your own traffic.
    """
    endpoints = DemoProcess()

    async def play(relay: str) -> None:
        await endpoints.play(relay)
        await endpoints.wait()

    traffic = Traffic(prepare=lambda: endpoints.start(once), play=play, stop=endpoints.stop)
    plan = CapturePlan(target="", listen=("127.0.0.1:0",), command="wsinspect demo")
    return run_live("demo", plan, Output(file, headless, as_json), traffic=traffic)
