"""A live run: the capture process, and beside it the screen or the headless lines, until the user has seen enough."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

import click

from wsinspect import text
from wsinspect.capture.plan import CapturePlan, Started
from wsinspect.capture.process import CaptureProcess
from wsinspect.cli.headless import follow
from wsinspect.cli.screen import Left
from wsinspect.cli.terminal import require_terminal
from wsinspect.cli.units import KEPT
from wsinspect.errors import UsageError
from wsinspect.paths import new_session_path
from wsinspect.session.reader import Reader
from wsinspect.session.recording.ring import LEAST_BYTES, Keep

T = TypeVar("T")

CAPTURE_DIED = "the capture process has ended by itself; what it recorded until then is all there"


@dataclass(frozen=True, slots=True)
class Output:
    """How a run is shown: on the screen, or as lines."""

    headless: bool
    as_json: bool
    theme: str = ""
    """Name of the theme that the screen begins in; empty for the usual one."""

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
        click.option(
            "--keep",
            multiple=True,
            type=KEPT,
            metavar="SIZE|AGE",
            help="Keep only the newest part, such as 2GB or 24h; may be given once for each.",
        ),
    ):
        command = option(command)
    return command


def keep_of(limits: Sequence[Keep]) -> Keep:
    """What is kept where several limits hold.

    Raises:
        UsageError: two of them contradict each other, or one is too small.
    """
    sizes = [limit.size for limit in limits if limit.size is not None]
    ages = [limit.age_ns for limit in limits if limit.age_ns is not None]
    if len(sizes) > 1 or len(ages) > 1:
        raise UsageError("--keep is given twice for the same", "give one size, one age, or one of each")
    if sizes and sizes[0] < LEAST_BYTES:
        least = text.size(LEAST_BYTES)
        raise UsageError(f"--keep {text.size(sizes[0])} is too small to record to", f"keep {least} or more")
    return Keep(sizes[0] if sizes else None, ages[0] if ages else None)


def session_file(chosen: Path | None, what: str) -> Path:
    """The file to record to: as chosen, else a dated one in the user's data folder, named for ``what`` is recorded."""
    return chosen or new_session_path(what, time.time())


def run_live(plan: CapturePlan, output: Output, *, traffic: Traffic | None = None) -> Left:
    """Record and show until the user or the traffic ends it; returns how it was left.

    Args:
        plan: what to capture.
        output: how to show it.
        traffic: makes the traffic to look at and gives the target, if the user does not.

    Raises:
        WsInspectError: it cannot be started; the text says why.
    """
    if output.has_screen:
        require_terminal("use --headless or --json")
    return asyncio.run(_run(plan, output, traffic))


class Traffic(Protocol):
    """Traffic of our own making: the demo's."""

    async def prepare(self) -> str:
        """Open the endpoints; returns the target for the relay."""

    async def play(self, relay: str) -> None:
        """Send traffic through the relay at this URL until it is over."""

    async def stop(self) -> None:
        """End it in order; safe at any time."""


async def _run(plan: CapturePlan, output: Output, traffic: Traffic | None) -> Left:
    capture = CaptureProcess()

    async def end() -> None:
        if traffic is not None:
            await traffic.stop()
        await capture.stop()

    try:
        if traffic is not None:
            plan = replace(plan, target=await traffic.prepare())
        started = await capture.start(plan)
        playing = traffic.play(started.urls[0]) if traffic is not None else None
        show = _screen if output.has_screen else _lines
        left = await show(Run(plan, output, started, playing, capture.wait(), end))
    finally:
        await end()
    _say_saved(plan.file, capture.problem)
    return replace(left, status=1, problem=capture.problem) if capture.problem else left


@dataclass(frozen=True, slots=True)
class Run:
    """A capture that has started."""

    plan: CapturePlan
    output: Output
    started: Started
    playing: Awaitable[None] | None
    """Over when traffic of our own making is."""
    ended: Awaitable[int]
    """Over when the capture is, whoever ended it."""
    end: Callable[[], Awaitable[None]]
    """Ends it in order."""


async def _screen(run: Run) -> Left:
    from wsinspect.habits import habits_path
    from wsinspect.ui.app import WsInspectApp

    app = WsInspectApp(
        run.plan.file,
        is_live=True,
        urls=run.started.urls,
        notices=run.started.notices,
        on_quit=run.end,
        theme=run.output.theme,
        habits_path=habits_path,
    )
    background = [asyncio.ensure_future(_then(run.ended, app.capture_ended))]
    if run.playing is not None:
        background.append(asyncio.ensure_future(_then(run.playing, lambda: None)))
    try:
        await app.run_async()
    finally:
        for task in background:
            task.cancel()
    return Left(run.plan.file, app.return_code or 0, is_told_to_end=app.is_told_to_end, theme=app.theme)


async def _lines(run: Run) -> Left:
    for line in (*run.started.notices, f"listening on {' '.join(run.started.urls)}"):
        click.echo(f"wsinspect: {line}", err=True)
    stop = asyncio.Event()
    ended = asyncio.ensure_future(_then_stop(run.ended, stop))
    playing = asyncio.ensure_future(_then_stop(run.playing, stop)) if run.playing is not None else None
    has_died = False

    async def end() -> None:
        nonlocal has_died
        has_died = ended.done() and ended.result() != 0
        await run.end()

    with _signals(stop):
        await follow(run.plan.file, as_json=run.output.as_json, stop=stop, end_capture=end)
    for task in (ended, playing):
        if task is not None:
            task.cancel()
    if has_died:
        click.echo(f"wsinspect: {CAPTURE_DIED}", err=True)
    return Left(run.plan.file, status=1 if has_died else 0)


async def _then(work: Awaitable[object], action: Callable[[], None]) -> None:
    await work
    action()


async def _then_stop(work: Awaitable[T], stop: asyncio.Event) -> T:
    try:
        return await work
    finally:
        stop.set()


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """End in order on Ctrl-C, when asked to terminate, and when the terminal goes away."""
    loop = asyncio.get_running_loop()
    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
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
    click.echo(
        f"saved {file}, {rows:,} messages and events; open with: wsinspect open {shlex.quote(str(file))}", err=True
    )
