"""Draws the pictures of this folder by running the app on a recorded session: ``python -m screenshots.make``.

With ``--check`` nothing is written; the exit status is 1 where a picture is not what the program draws now.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

# Read once, when textual is imported.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TZ"] = "UTC"
time.tzset()

from textual.pilot import Pilot  # noqa: E402

from tests.fixtures import fleet  # noqa: E402
from tests.fixtures.session import NOW_NS, FixedReader, build  # noqa: E402
from tests.ui.driving import settle  # noqa: E402
from tests.ui.library import settle as settle_start  # noqa: E402
from tests.ui.library import start_app, stock  # noqa: E402
from tests.ui.quiet import wait_exactly  # noqa: E402
from wsinspect.ui.app import WsInspectApp  # noqa: E402

FOLDER = Path(__file__).parent

LIMIT_S = 60
"""Seconds that one picture may take."""

Build = Callable[[Path], Path]
Drive = Callable[[Pilot[None]], Awaitable[None]]


async def _failed_order(pilot: Pilot[None]) -> None:
    """The first 1011, chosen."""
    await pilot.press("g", "j", "j", "j")
    await settle(pilot)


async def _zoomed_close(pilot: Pilot[None]) -> None:
    await _failed_order(pilot)
    await pilot.press("3", "z")
    await settle(pilot)


async def _one_message(pilot: Pilot[None]) -> None:
    await _failed_order(pilot)
    await pilot.press("2", "g", "enter")
    await settle(pilot)


async def _same_age(pilot: Pilot[None]) -> None:
    await pilot.press("g", "t")
    await settle(pilot)
    await pilot.press("j", "j", "j")
    await settle(pilot)
    await pilot.press("2")
    await settle(pilot)


async def _filter_typed(pilot: Pilot[None]) -> None:
    """A filter over the messages of one connection, and what could follow."""
    await pilot.press("g", "2", "/")
    for key in "tick size:>66 -fr":
        await pilot.press({":": "colon", ">": "greater_than_sign"}.get(key, key))
    await settle(pilot)


PICTURES: dict[str, tuple[tuple[int, int], Build, Drive]] = {
    "main": ((140, 44), build, _failed_order),
    "close": ((100, 40), build, _zoomed_close),
    "message": ((100, 30), build, _one_message),
    "filter": ((100, 34), build, _filter_typed),
    "small": ((80, 24), build, _failed_order),
    "timeline": ((120, 28), fleet.build, _same_age),
}
"""Each picture's size in cells, the session it shows, and what is done before it is taken."""


async def draw(session: Path, size: tuple[int, int], drive: Drive) -> str:
    """The screen as SVG."""
    app = WsInspectApp(session, now_ns=lambda: NOW_NS, open_reader=FixedReader)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await drive(pilot)
        return app.export_screenshot(title="wsinspect")


async def draw_start(folder: Path) -> str:
    """The start screen over a library, as SVG."""
    # The folder's name is shown: it must be the same on every machine.
    os.chdir(folder)
    app = start_app(stock(Path("sessions")))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle_start(pilot)
        return app.export_screenshot(title="wsinspect")


def pictures(folder: Path) -> Iterator[tuple[str, str]]:
    """Each picture by its name."""
    for name, (size, make, drive) in PICTURES.items():
        (folder / name).mkdir()
        session = make(folder / name / "orders-2026-11-22.wsi")
        yield name, asyncio.run(asyncio.wait_for(draw(session, size, drive), LIMIT_S))
    yield "start", asyncio.run(asyncio.wait_for(draw_start(folder), LIMIT_S))


def main(arguments: list[str]) -> int:
    """Write the pictures, or check them."""
    stale: list[str] = []
    wait_exactly()
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in pictures(Path(folder)):
            path = FOLDER / f"{name}.svg"
            if "--check" not in arguments:
                path.write_text(picture, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != picture:
                stale.append(path.name)
    if stale:
        sys.stdout.write(f"stale: {', '.join(stale)}; run python -m screenshots.make and look at the difference\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
