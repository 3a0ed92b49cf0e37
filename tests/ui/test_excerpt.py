"""The part of a long message that stands in its row: around the word that is looked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsinspect import text
from wsinspect.filters.expression import Text
from wsinspect.model import HEAD_BYTES, Payload, Row, RowKind, Side
from wsinspect.ui.drawing.columns import Cell
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.messages.cells import Sought, cells
from wsinspect.ui.messages.excerpt import REACH, Excerpt, excerpt, in_room
from wsinspect.ui.messages.excerpts import Excerpts

WORDS = (Text("needle"),)


def row(content: bytes, kind: RowKind = RowKind.TEXT, number: int = 1) -> Row:
    return Row(
        connection=1, number=number, kind=kind, at_ns=0, first_ns=0, side=Side.SERVER, size=len(content), frames=1,
        head=content[:HEAD_BYTES],
    )  # fmt: skip


def said(cell: Cell) -> str:
    return "".join(piece.text for piece in cell)


def found(cell: Cell) -> list[str]:
    return [piece.text for piece in cell if piece.style == Tone.FOUND]


def message(one: Row, room: int, part: Excerpt | None = None) -> Cell:
    return cells(one, None, None, sought=Sought(WORDS, WORDS, part), room=room)["message"]


def test_a_word_that_is_seen_anyway_moves_nothing() -> None:
    one = row(b"a needle here, and more of it")
    assert said(message(one, 12)) == "a needle here, and more of it"
    assert said(message(one, 8)).startswith("a needle")
    assert said(message(one, 7)).startswith("…needle")


def test_a_word_beyond_the_room_is_brought_into_it_with_a_third_before_it() -> None:
    shown = message(row(b"x" * 100 + b" a Needle in the middle " + b"y" * 100), 36)
    assert said(shown).startswith("…xxxxxx a Needle in the middle yyy")
    assert found(shown) == ["Needle"]


def test_near_the_end_of_a_message_the_room_is_filled() -> None:
    shown = message(row(b"x" * 100 + b"a needle."), 36)
    assert said(shown) == "…" + "x" * 26 + "a needle."
    assert text.cells(said(shown)) == 36


def test_what_stands_before_the_message_takes_its_room() -> None:
    plain = row(b"x" * 100 + b"a needle.")
    marked = plain._replace(mark="note")
    assert text.cells(said(message(marked, 36))) == 36
    assert found(message(marked, 36)) == ["needle"]


def test_an_excerpt_from_beyond_the_row() -> None:
    content = b"x" * 4000 + "é".encode() + b"a needle" + b"y" * 4000
    part = excerpt(content, WORDS, is_cut=False)
    assert part is not None
    assert (len(part.before), part.found) == (REACH, "needle")
    assert part.before.startswith("…x")
    assert part.before.endswith("xéa ")
    assert part.after == "y" * REACH + "…"
    assert excerpt(content, (Text("nothing"),), is_cut=False) is None
    short = excerpt(b"a needle.", WORDS, is_cut=True)
    assert short == Excerpt("a ", "needle", ".…")
    shown = message(row(content), 40, part)
    assert found(shown) == ["needle"]


@given(st.binary(max_size=80), st.binary(max_size=80), st.integers(8, 60))
def test_the_word_is_in_the_room_whatever_stands_around_it(before: bytes, after: bytes, room: int) -> None:
    part = excerpt(before + b"\x1bneedle" + after, (Text("\x1bneedle"),), is_cut=False)
    assert part is not None
    shown = in_room(part, room, Tone.PLAIN, ())
    lead = text.cells(said(shown).partition(r"\x1bneedle")[0])
    assert lead + text.cells(r"\x1bneedle") <= max(room, text.cells(r"\x1bneedle"))
    assert text.visible(said(shown)) == said(shown)


class Counting:
    """Tells which rows were read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.read: list[int] = []

    def payload(self, connection: int, row: int, limit: int) -> Payload | None:
        self.read.append(row)
        return Payload(self.content[:limit], len(self.content))


def test_only_messages_that_hide_the_word_are_read_and_only_once() -> None:
    long = b"x" * 1000 + b"needle"
    rows = [
        row(long, number=1),
        row(b"a needle" + long, number=2),
        row(b"short", number=3),
        row(b"binary\x00" * 30 + b"needle", RowKind.BINARY, number=4),
        row(long, number=5)._replace(problem="not inflated"),
    ]
    aimed = [(one, WORDS) for one in rows]
    reader, excerpts = Counting(long), Excerpts()
    while len(excerpts.known(aimed)) < len(rows):
        excerpts.look(reader, aimed)
    excerpts.look(reader, aimed)
    assert reader.read == [1]
    known = excerpts.known(aimed)
    assert {number: part is not None for (_, number), part in known.items()} == {
        1: True, 2: False, 3: False, 4: True, 5: False,
    }  # fmt: skip
    assert excerpts.known([(rows[0], (Text("other"),))]) == {}
