"""A live run: the capture process, and beside it the screen or the headless lines, until the user has seen enough."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from wsinspect import text
from wsinspect.capture.process import CapturePlan, CaptureProcess, Started
from wsinspect.paths import new_session_path
from wsinspect.session.reader import Reader


@dataclass(frozen=True, slots=True)
class Output:
    """Where a run is saved and how it is shown."""

    file: Path | None
    """None: a dated file in the user's data folder."""
    headless: bool
    as_json: bool

    @property
    def has_screen(self) -> bool:
        """Whether the screen is shown: lines were not asked for."""
        return not (self.headless or self.as_json)


def output_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options that every live command has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Like --headless, one JSON object per line."),
        click.option("--headless", is_flag=True, help="No screen: print one line per event."),
        click.option(
            "-o",
            "--output",
            "file",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Record to FILE (*.wsi) instead of a dated file.",
        ),
    ):
        command = option(command)
    return command


def run_live(what: str, plan: CapturePlan, output: Output, *, traffic: Traffic | None = None) -> int:
    """Record and show until the user or the traffic ends it; returns the exit status.

    Args:
        what: short word for the source, which names the file.
        plan: what to capture; its ``file`` is filled in.
        output: where to and how.
        traffic: makes the traffic to look at, if the user does not.

    Raises:
        WsInspectError: it cannot be started; the text says why.
    """
    file = output.file or new_session_path(what, time.time())
    return asyncio.run(_run(replace(plan, file=file), output, traffic))


@dataclass(frozen=True, slots=True)
class Traffic:
    """Traffic of our own making: the demo's."""

    prepare: Callable[[], Awaitable[str]]
    """Opens the endpoints and returns the target for the relay."""
    play: Callable[[str], Awaitable[None]]
    """Sends traffic through the relay at this URL, until it is over or cancelled."""
    stop: Callable[[], Awaitable[None]]


async def _run(plan: CapturePlan, output: Output, traffic: Traffic | None) -> int:
    capture = CaptureProcess()
    try:
        if traffic is not None:
            plan = replace(plan, target=await traffic.prepare())
        started = await capture.start(plan)
        for notice in started.notices:
            click.echo(f"wsinspect: {notice}", err=True)
        await _show(started, plan, output, traffic, capture)
    finally:
        if traffic is not None:
            await traffic.stop()
        problem = await capture.stop()
    _say_saved(plan.file, problem)
    return 1 if problem else 0


async def _show(
    started: Started, plan: CapturePlan, output: Output, traffic: Traffic | None, capture: CaptureProcess
) -> None:
    """Show what is recorded until the user quits, the traffic is over or the capture ends."""
    playing = asyncio.ensure_future(traffic.play(started.urls[0])) if traffic is not None else None
    ended = asyncio.ensure_future(capture.wait())
    shown: asyncio.Future[None]
    stop = asyncio.Event()
    if output.has_screen:
        shown = asyncio.ensure_future(_screen(started, plan, stop))
    else:
        click.echo(f"wsinspect: listening on {' '.join(started.urls)}", err=True)
        shown = asyncio.ensure_future(_lines(plan.file, output, stop))
    with _signals(stop):
        waits = {shown, ended, asyncio.ensure_future(stop.wait())}
        if playing is not None and not output.has_screen:
            waits.add(playing)
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await shown
    for task in (*waits, playing):
        if task is not None and not task.done():
            task.cancel()
    if playing is not None and playing.done() and not playing.cancelled():
        playing.result()


async def _screen(started: Started, plan: CapturePlan, stop: asyncio.Event) -> None:
    from wsinspect.ui.app import WsInspectApp

    app = WsInspectApp(plan.file, is_live=True, urls=started.urls)
    closing = asyncio.ensure_future(_exit_on(stop, app.exit))
    try:
        await app.run_async()
    finally:
        closing.cancel()


async def _exit_on(stop: asyncio.Event, leave: Callable[[], object]) -> None:
    await stop.wait()
    leave()


async def _lines(file: Path, output: Output, stop: asyncio.Event) -> None:
    from wsinspect.cli.headless import follow

    await follow(file, as_json=output.as_json, stop=stop)


@contextlib.contextmanager
def _signals(stop: asyncio.Event):  # type: ignore[no-untyped-def]
    """End in order on Ctrl-C, on being asked to terminate, and when the terminal goes away."""
    loop = asyncio.get_running_loop()
    caught = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    for number in caught:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _say_saved(file: Path, problem: str) -> None:
    if problem:
        click.echo(f"wsinspect: {problem}", err=True)
    reader = Reader(file)
    rows = reader.info().rows
    reader.close()
    click.echo(f"saved {file}, {rows:,} rows; open with: wsinspect open {file}", err=True)
    sys.stderr.flush()


__all__ = ["Output", "Traffic", "output_options", "run_live", "text"]
