"""The first line gives way in order: the file's name before what is captured."""

from __future__ import annotations

from wsinspect.ui.widgets.header_line import Facts, left

NAME = "orders-2026-11-22T14-01-11.wsi"
SOURCE = "proxy 127.0.0.1:8080 → ws://127.0.0.1:9000"


def said(room: int, **more: str) -> str:
    """The left part for this many cells."""
    pieces = left(Facts(is_recording=True, file_name=NAME, bytes_on_disk=1700, source=SOURCE, **more), room)  # type: ignore[arg-type]  # texts only
    return "".join(piece.text for piece in pieces)


def test_all_of_it_where_there_is_room() -> None:
    shown = said(200, http="1 HTTP request", http_last="GET /[/x] 200")
    assert NAME in shown
    assert shown.endswith(f"{SOURCE}   1 HTTP request, last: GET /[/x] 200")


def test_the_name_is_shortened_before_the_target() -> None:
    shown = said(85)
    assert shown.endswith(SOURCE)
    assert "orders-" in shown
    assert NAME not in shown


def test_a_source_that_would_be_a_letter_is_left_out() -> None:
    shown = said(52)
    assert "orders-… 1.7 kB   proxy 127." in shown
    narrow = said(42)
    assert narrow.rstrip().endswith("1.7 kB")
    assert "orders-2026" in narrow


def test_the_counter_is_whole_or_not_there() -> None:
    last = "GET /a/path/that/is/long 200"
    assert said(105, http="1 HTTP request", http_last=last).endswith(f"{SOURCE}   1 HTTP request")
    assert said(72, http="1 HTTP request", http_last=last).endswith(SOURCE)
