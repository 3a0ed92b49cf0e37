"""Which rows the list holds, the kinds that can be hidden, words as they are found, and what is said below."""

from __future__ import annotations

import pytest

from wsinspect.filters import parse, printed
from wsinspect.filters.expression import Pattern, Text
from wsinspect.filters.spots import findable
from wsinspect.model import Connection, Row, RowKind, SeenClose, Side, Violation
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.messages.found_in_line import shown
from wsinspect.ui.messages.kinds import kind_of
from wsinspect.ui.messages.listed import Listed
from wsinspect.ui.messages.place_note import Standing, place_note
from wsinspect.ui.messages.seen import seen


def text_row(content: bytes, kind: RowKind = RowKind.TEXT, **other: object) -> Row:
    return Row(1, 1, kind, 0, 0, Side.SERVER, size=len(content), head=content, **other)  # type: ignore[arg-type]  # fields of a row


def said(listed: Listed) -> str:
    return "" if listed.expression is None else printed(listed.expression)


def test_all_that_narrows_a_list_is_one_filter() -> None:
    tick, ping = parse("tick or tock"), parse("type:ping")
    assert ping is not None
    assert said(Listed(connection=3)) == ""
    assert said(Listed(merged=(3, 5))) == "conn:3 or conn:5"
    assert said(Listed(merged=(3,), filter=tick, hidden=(ping,))) == "conn:3 (tick or tock) -type:ping"
    assert said(Listed(connection=3, merged=(5,), hidden=(ping,))) == "-type:ping"


def test_a_list_is_whole_until_something_is_left_out() -> None:
    tick = parse("tick")
    assert tick is not None
    assert Listed(connection=3).is_whole
    assert not Listed(merged=(3,)).is_whole
    assert not Listed(folds=True).is_whole
    assert not Listed(merged=(3,)).is_narrowed
    assert Listed(filter=tick).is_narrowed
    assert said(Listed(filter=tick).finding(tick)) == "tick tick"


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (text_row(b'{"type":"tick","seq":1}'), "json:$.type=tick"),
        (text_row(b'{"seq":1,"event":"a b"}'), 'json:$.event="a b"'),
        (text_row(b'{"op":11,"d":null}'), "json:$.op=11"),
        (text_row(b'{"type":true}'), "type:text"),
        (text_row(b'{"type":"\\u001b[31m"}'), "type:text"),
        (text_row(b'["type","tick"]'), "type:text"),
        (text_row(b"tick"), "type:text"),
        (text_row(b'{"type" : "book", "levels":[')._replace(size=4000), "json:$.type=book"),
        (text_row(b'{"n":1,"type":"book","levels":[')._replace(size=4000), "type:text"),
        (text_row(b'{"type":"b\\u001b","levels":[')._replace(size=4000), "type:text"),
        (text_row(b"", RowKind.PING), "type:ping"),
        (text_row(b"", RowKind.EVENT), "type:tcp"),
    ],
)
def test_the_kind_of_a_message(row: Row, kind: str) -> None:
    found = kind_of(row)
    assert found is not None
    assert printed(found) == kind
    assert parse(kind) == found


def test_what_no_legal_frame_has_is_no_kind() -> None:
    assert kind_of(text_row(b"", RowKind.CONTINUATION)) is None


def test_words_are_drawn_where_they_stand() -> None:
    wanted = findable(parse(r'Tick or (re:[b-d]+\d -gone "a b" from:client)'))
    assert wanted == (Text("Tick"), Pattern(r"[b-d]+\d"), Text("a b"))
    assert shown(Piece("a tick, TICK a bcd5", Tone.DIM), wanted) == (
        Piece("a ", Tone.DIM),
        Piece("tick", Tone.FOUND),
        Piece(", ", Tone.DIM),
        Piece("TICK", Tone.FOUND),
        Piece(" ", Tone.DIM),
        Piece("a b", Tone.FOUND),
        Piece("cd5", Tone.DIM),
    )
    assert shown(Piece("abcd5", ""), wanted) == (Piece("a", ""), Piece("bcd5", Tone.FOUND))
    assert shown(Piece("a(b", ""), (Text("("),)) == (Piece("a", ""), Piece("(", Tone.FOUND), Piece("b", ""))
    assert shown(Piece("tick", ""), ()) == (Piece("tick", ""),)
    assert findable(None) == ()


def test_what_was_seen_is_offered_the_latest_first() -> None:
    rows = [
        text_row(b'{"type":"a","n":1}'),
        text_row(b'{"type":"two words","bad\\u001b":"x"}'),
        text_row(b"\x03\xf3why", RowKind.CLOSE),
        text_row(b"x", violations=(Violation("masking", "not masked", "5.1"),)),
    ]
    closed = Connection(
        id=3, source="relay", client="", server="", url="", path="/feed", opened_ns=0,
        server_close=SeenClose(1, 0, 4001),
    )  # fmt: skip
    offered = seen(rows, [closed])
    assert offered["conn"] == ("3",)
    assert offered["path"] == ("/feed",)
    assert offered["code"] == ("1011", "4001")
    assert offered["violation"] == ("masking",)
    assert offered["json"] == ("$.type", '$.type="two words"', "$.type=a", "$.n")


@pytest.mark.parametrize(
    ("standing", "note"),
    [
        (Standing(), ""),
        (Standing(cursor=2, shown=14), "row 3 of 14"),
        (Standing(cursor=2, shown=14, hidden=86, is_narrowed=True), "row 3 of 14 · 86 hidden"),
        (Standing(shown=0, hidden=100, is_narrowed=True), "100 hidden"),
        (Standing(cursor=0, shown=14, folded=86, is_narrowed=True, is_folding=True), "row 1 of 14 · 86 folded"),
        (
            Standing(cursor=0, shown=14, is_narrowed=True, is_folding=True),
            "row 1 of 14",
        ),
        (Standing(cursor=0, shown=2, hidden=98, is_narrowed=True, searched=0.41), "row 1 of 2 · searching 41%"),
        (Standing(is_narrowed=True, searched=0.0), "searching 0%"),
        (Standing(shown=9, is_narrowed=True, searched=0.999), "row 0 of 9 · searching 99%"),
        (Standing(is_narrowed=True, is_folding=True, searched=0.41), "folding 41%"),
        (Standing(is_narrowed=True, is_folding=True, is_finding=True, searched=0.41, hits=0), "searching 41% · 0 hits"),
        (Standing(cursor=0, shown=9, hits=1, cleared=1200), "row 1 of 9 · 1 hit · 1,200 cleared"),
        (Standing(cursor=4, shown=9, hits=1400, hit=1003), "row 5 of 9 · hit 1,003 of 1,400"),
        (
            Standing(cursor=4, shown=9, searched=0.2, hits=14, hit=3, is_counting=True),
            "row 5 of 9 · searching 20% · hit 3 of 14+",
        ),
        (Standing(cursor=4, shown=9, hits=1, is_counting=True), "row 5 of 9 · 1+ hits"),
        (Standing(cursor=0, shown=9, too_slow=3), "row 1 of 9 · 3 too slow for the pattern"),
        (Standing(cursor=8, shown=9, may_grow=True, is_following=True), "row 9 of 9 · following"),
        (Standing(cursor=8, shown=9, may_grow=True, new=214), "row 9 of 9 · held, 214 new"),
        (Standing(cursor=8, shown=9, may_grow=True), "row 9 of 9 · held"),
    ],
)
def test_the_note_says_how_the_list_stands(standing: Standing, note: str) -> None:
    assert place_note(standing).plain == note
