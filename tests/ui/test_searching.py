"""What is said and shown while a search is on its way, and how often its list is read meanwhile."""

from __future__ import annotations

import math
from asyncio import Event

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.fixtures.session import MS, S_TO_C, TEXT, Live, Peer
from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle, until
from tests.ui.filtering import SIZE, note, rows_of, to_messages, write
from wsinspect.filters import parse
from wsinspect.ui.messages import search_run
from wsinspect.ui.messages.listed import Listed
from wsinspect.ui.messages.search_run import Found, SearchRun
from wsinspect.ui.widgets.messages_panel import MessagesPanel

ROWS, EVERY, BATCHES = 12_000, 1500, 12


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One commit in each step of a search."""
    monkeypatch.setattr(search_run, "STEP_S", 0.0)


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that is written into the lower edge of Messages from now on."""
    said: list[str] = []
    set_note = MessagesPanel.set_note

    def keep(panel: MessagesPanel, content: Content) -> None:
        said.append(content.plain)
        set_note(panel, content)

    monkeypatch.setattr(MessagesPanel, "set_note", keep)
    return said


def record_many(live: Live) -> None:
    """Many rows in many commits, few of them with the word."""
    peer = Peer(live.script, 0, "/feed").upgrade()
    for batch in range(BATCHES):
        for at in range(ROWS // BATCHES):
            number = batch * (ROWS // BATCHES) + at
            word = b"needle" if number % EVERY == 0 else b"nothing"
            peer.frame(S_TO_C, (5 + number) * MS, TEXT, b"%s %d" % (word, number))
        live.script.play()
        live.commit()


async def begin(pilot: Pilot[None], *keys: str) -> int:
    """Go to the messages; returns how many rows there are."""
    await to_messages(pilot, 1)
    await pilot.press(*keys)
    await settle(pilot)
    return rows_of(pilot).total


async def test_what_is_hidden_is_said_when_all_was_looked_at(live: Live, make_app: MakeApp, notes: list[str]) -> None:
    record_many(live)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        there = await begin(pilot)
        notes.clear()
        await write(pilot, "needle")
        hits = ROWS // EVERY
        assert note(pilot) == f"row {hits} of {hits} · {there - hits:,} hidden · following"
        assert "searching 0%" in notes
        assert {one for one in notes if "searching" not in one} <= {
            note(pilot),
            f"row {there:,} of {there:,} · following",
        }
        notes.clear()
        await pilot.press("escape")
        await settle(pilot)
        assert note(pilot) == f"row {there:,} of {there:,} · following"
        assert set(notes) <= {"", note(pilot)}


async def test_what_is_folded_is_said_when_all_was_looked_at(live: Live, make_app: MakeApp, notes: list[str]) -> None:
    record_many(live)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        there = await begin(pilot)
        notes.clear()
        await pilot.press("f")
        await settle(pilot)
        said = "nothing here repeats, so nothing is folded"
        await until(pilot, lambda: note(pilot) == f"{said} · row {there:,} of {there:,} · following")
        assert "folding 0%" in notes
        assert all("folding" in one for one in notes[: next(at for at, one in enumerate(notes) if said in one)])


async def test_a_filter_holds_where_the_row_under_the_cursor_is_left_out(live: Live, make_app: MakeApp) -> None:
    record_many(live)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        there = await begin(pilot, "g", "j", "j", "j", "j")
        await write(pilot, "needle")
        rows = rows_of(pilot)
        assert (rows.total, rows.cursor, rows.is_following) == (ROWS // EVERY, 1, False)
        await pilot.press("escape")
        await settle(pilot)
        assert rows.total == there


async def test_a_search_is_not_held_up_by_a_list_that_is_slow_to_read(live: Live, make_app: MakeApp) -> None:
    record_many(live)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await begin(pilot)
        told: list[Found] = []

        def tell(run: SearchRun, found: Found) -> None:
            told.append(found)
            if found.progress.is_done:
                pilot.app.call_later(over.set)

        over = Event()
        run = SearchRun(app_of(pilot).bridge, Listed(1, filter=parse("needle")), tell, lambda: math.inf)
        main_of(pilot).run_worker(run.run())
        await over.wait()
        assert [found.progress.is_done for found in told] == [True]
        assert told[0].extent.count == ROWS // EVERY
