"""What is offered to whoever types a filter."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import OptionList

from tests.ui.conftest import MakeApp
from tests.ui.driving import settle
from tests.ui.filtering import FEED, SIZE, field, said, title, to_messages, type_in, write


async def test_ways_to_go_on_are_offered_and_taken(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "")
        choices = field(pilot).query_one(OptionList)
        assert choices.option_count == 12
        await type_in(pilot, "ty")
        assert choices.option_count == 1
        await pilot.press("tab")
        await settle(pilot)
        assert field(pilot).value == "type:"
        await pilot.press("down", "down", "up", "down")
        assert choices.highlighted == 1
        await pilot.press("enter")
        await settle(pilot)
        assert field(pilot).value == "type:binary "
        await type_in(pilot, "or json:$.ty")
        await pilot.press("tab")
        await settle(pilot)
        assert field(pilot).value == "type:binary or json:$.type "
        assert not choices.display
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot).endswith(" filter: type:binary or json:$.type × ")


async def test_over_all_connections_what_is_known_of_them_is_offered(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        for typed, offered in (("path:/ord", "path:/orders"), ("code:14", "code:1014")):
            await write(pilot, typed)
            choices = field(pilot).query_one(OptionList)
            assert offered in str(choices.get_option_at_index(0).prompt)
            await pilot.press("escape")
            await settle(pilot)


async def test_what_messages_do_not_say_is_neither_taken_nor_offered(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(80, 24)) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "i")
        assert field(pilot).query_one(OptionList).option_count == 0
        await type_in(pilot, "s:")
        assert field(pilot).query_one(OptionList).option_count == 0
        await type_in(pilot, "failed")
        assert said(pilot).strip("▲ ") == "is: asks connections: use it in Connections"
