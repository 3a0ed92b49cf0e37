"""The list of messages as the tests of filters see and drive it."""

from __future__ import annotations

import json

from textual.pilot import Pilot
from textual.widgets import Input

from tests.fixtures.session import BINARY, C_TO_S, MS, S_TO_C, TEXT, Live, Peer, S
from tests.ui.driving import main_of, settle, until
from wsinspect.ui.screens.message import FIRST_LIMIT
from wsinspect.ui.widgets.filter_field import FilterField
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.messages_panel import MessagesPanel

SIZE = (140, 44)
FEED = 1
"""The connection with 800 rows."""


def rows_of(pilot: Pilot[None]) -> MessageList:
    """The list of messages."""
    return main_of(pilot).query_one(MessageList)


def numbers(pilot: Pilot[None]) -> list[int]:
    """Numbers of the rows at hand."""
    return [row.number for row in rows_of(pilot).at_hand]


def note(pilot: Pilot[None]) -> str:
    """What stands in the lower edge of its panel."""
    return main_of(pilot).query_one(MessagesPanel).note.plain


def title(pilot: Pilot[None]) -> str:
    """What stands in the upper edge."""
    return main_of(pilot).query_one(MessagesPanel).title.plain


def field(pilot: Pilot[None]) -> FilterField:
    """Where a filter is typed."""
    return main_of(pilot).query_one(MessagesPanel).query_one(FilterField)


def said(pilot: Pilot[None]) -> str:
    """What stands below the field."""
    return "".join(segment.text for segment in field(pilot).query_one("#said").render_line(0)).rstrip()


async def to_messages(pilot: Pilot[None], connection: int) -> None:
    """Choose a connection and go to its messages."""
    await settle(pilot)
    await pilot.press("g", *("j",) * (connection - 1))
    await settle(pilot)
    await pilot.press("2")
    await settle(pilot)


async def write(pilot: Pilot[None], text: str, key: str = "slash") -> None:
    """Open the field and type."""
    await pilot.press(key)
    await until(pilot, lambda: field(pilot).is_open)
    await type_in(pilot, text)


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Type more into the open field."""
    field(pilot).query_one(Input).insert_text_at_cursor(text)
    await settle(pilot)


def begin_feed(live: Live) -> Peer:
    """Record a connection that said one thing."""
    peer = Peer(live.script, 0, "/feed").upgrade()
    peer.frame(S_TO_C, 10 * MS, TEXT, b"tick 0")
    live.script.play()
    live.commit()
    return peer


def feed_more(live: Live, peer: Peer, second: int, *texts: bytes) -> None:
    """Let it say more from a second on, a millisecond apart."""
    for at, text in enumerate(texts):
        peer.frame(S_TO_C, second * S + at * MS, TEXT, text)
    live.script.play()
    live.commit()


def record_long(live: Live, count: int = 200) -> None:
    """Long JSON messages, every fifth with the word deep inside; a binary one, and one with the word very deep."""
    peer = Peer(live.script, 0, "/feed").upgrade()
    for number in range(count):
        note = "the needle is here, and a Needle there" if number % 5 == 0 else "nothing"
        said = {"type": "tick", "filler": ["x" * 50] * 30, "note": note, "rest": ["y" * 50] * 30}
        peer.frame(S_TO_C, (5 + number) * MS, TEXT, json.dumps(said).encode())
    peer.frame(C_TO_S, (5 + count) * MS, BINARY, bytes(range(256)) * 4 + b"a needle among bytes" + bytes(200))
    far = b"x " * FIRST_LIMIT + b"a needle" + b" y" * 100
    peer.frame(S_TO_C, (6 + count) * MS, TEXT, far)
    live.script.play()
    live.commit()
