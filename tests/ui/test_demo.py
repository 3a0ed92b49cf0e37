"""Every close of the demo, played through the real relay, on the smallest screen: the first two lines say why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.demo.test_scenarios import ENDS, record_round
from tests.ui.driving import app_of, main_of, settle
from wsinspect.session.reader import Reader
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.close import verdict
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.connection_list import ConnectionList

pytestmark = pytest.mark.integration

SMALL = (80, 24)


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One round, recorded by the capture process."""
    folder = tmp_path_factory.mktemp("demo")
    asyncio.run(record_round(folder / "demo.wsi", folder))
    return folder / "demo.wsi"


def on_screen(pilot: Pilot[None], shown: Static) -> list[str]:
    """The lines of a widget as the terminal gets them, cut where the screen cuts them."""
    rows = ["".join(segment.text for segment in strip) for strip in app_of(pilot).screen._compositor.render_strips()]
    region = shown.region.intersection(main_of(pilot).query_one(ClosePanel).content_region)
    return [row[region.x : region.right].rstrip() for row in rows[region.y : region.bottom]]


async def test_the_first_two_lines_say_why_at_80_by_24(demo_file: Path) -> None:
    app = WsInspectApp(demo_file)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        connections = main_of(pilot).query_one(ConnectionList)
        panel = main_of(pilot).query_one(ClosePanel)
        seen = {}
        for number, path in enumerate(_paths(demo_file)):
            await pilot.press("1")
            connections.move_to(number)
            await settle(pilot)
            await pilot.press("3")
            await settle(pilot)
            assert panel.told is not None
            assert panel.told.story.connection.path == path
            seen[path] = _faults(panel, on_screen(pilot, panel.query_one("#verdict", Static)))
        assert seen == dict.fromkeys(ENDS, "")


def _paths(file: Path) -> Iterator[str]:
    reader = Reader(file)
    yield from [connection.path for connection in reader.connections(1, 1000)]
    reader.close()


def _faults(panel: ClosePanel, lines: list[str]) -> str:
    """What the first two lines do not say; empty when they say all."""
    told = panel.told
    if told is None or told.cause is None:
        return "no cause"
    story = told.story
    code = str(story.code if story.status is None else story.status)
    name = told.context.meaning.name if told.context.meaning is not None else verdict.title(story)[0]
    who = "" if story.sender is None else story.sender.label
    # A code that nobody sent has one whose TCP ended first instead.
    does = [f"the {who}"] if story.is_wire or story.status is not None else [f"the {who}'s", f"{who} FIN", f"{who} RST"]
    missing = [word for word in (code, name) if word not in lines[0]]
    missing += [] if told.cause.cause in lines[1] else [told.cause.cause]
    missing += [] if any(word in lines[0] for word in does) else ["who"]
    return "; ".join(missing)
