"""What is offered while a filter is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsinspect.filters import parse
from wsinspect.filters.completion import complete
from wsinspect.filters.expression import OnPath, Pattern, Text
from wsinspect.filters.keys import KEYS

SEEN = {"path": ("/feed", "/my feed"), "conn": ("1", "12"), "json": ("$.type", "$.type=tick")}


@pytest.mark.parametrize(
    ("before", "start", "inserts"),
    [
        ("", 0, [f"{key}:" for key in KEYS]),
        ("tick ", 5, [f"{key}:" for key in KEYS]),
        ("s", 0, ["size:"]),
        ("tick (c", 6, ["conn:", "code:"]),
        ("-ty", 1, ["type:"]),
        ("type:", 0, ["type:text", "type:binary", "type:ping", "type:pong", "type:close", "type:tcp"]),
        ("type:p", 0, ["type:ping", "type:pong", "type:tcp"]),
        ("from:US", 0, ["from:us"]),
        ("type:ping", 0, []),
        ("path:/", 0, ["path:/feed", 'path:"/my feed"']),
        ('path:"/my f', 0, ['path:"/my feed"']),
        ("conn:1", 0, ["conn:12"]),
        ("conn:1,", 0, ["conn:1,12"]),
        ("type:ping,po", 0, ["type:ping,pong"]),
        ("from:client,", 0, ["from:client,server", "from:client,us"]),
        ("path:a,", 0, []),
        ("json:$.t", 0, ["json:$.type", "json:$.type=tick"]),
        ("size:>", 0, []),
        ("wrong:x", 0, []),
        ('"not from', 9, []),
    ],
)
def test_ways_to_go_on(before: str, start: int, inserts: list[str]) -> None:
    found = complete(f"{before} behind", len(before), SEEN)
    assert (found.start, [choice.insert for choice in found.choices]) == (start, inserts)


@pytest.mark.parametrize("typed", ['{"type": "tick", "t": 195}', '"type": "tick"', 're:"type": "t.ck"'])
def test_a_piece_of_json_is_offered_as_one_phrase(typed: str) -> None:
    found = complete(typed, len(typed), {})
    assert found.start == 0
    (whole,) = found.choices
    assert parse(whole.insert) in (Text(typed), Pattern(typed.removeprefix("re:")))


@pytest.mark.parametrize("typed", ['"a phrase"', 'tick "a phr', 'json:$.type="ti', "(tick"])
def test_what_is_being_typed_is_not(typed: str) -> None:
    assert complete(typed, len(typed), {}).start > 0 or not complete(typed, len(typed), {}).choices


def test_keys_say_what_they_are() -> None:
    assert all(choice.meaning and "`" not in choice.meaning for choice in complete("", 0, {}).choices)


@settings(deadline=None)
@given(st.text(max_size=20), st.integers(0, 20))
def test_never_fails(text: str, cursor: int) -> None:
    found = complete(text, min(cursor, len(text)), SEEN)
    assert 0 <= found.start <= min(cursor, len(text))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=10))
def test_what_is_offered_of_a_path_finds_it(path: str) -> None:
    (choice,) = complete("path:", 5, {"path": [path]}).choices
    assert parse(choice.insert) == OnPath(path)
