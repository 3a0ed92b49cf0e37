"""What is said where words look like operators of other programs."""

from __future__ import annotations

import pytest

from wsinspect.filters import parse
from wsinspect.filters.advice import advice


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("not type:ping", "not is a word here; -term negates"),
        ("type:ping AND conn:1", "AND is a word here; side by side means both"),
        ("!ping", "! is a word here; -term negates"),
        ("a && b", "&& is a word here; side by side means both"),
        ("a || b", "|| is a word here; write or"),
        ("-(a or NOT)", "NOT is a word here; -term negates"),
    ],
)
def test_operators_of_others_are_words_here(typed: str, said: str) -> None:
    assert advice(parse(typed)) == said


@pytest.mark.parametrize("typed", ["", "nothing", "sandy", "type:ping", "a or b", "wow!", "-a b"])
def test_all_else_is_left_alone(typed: str) -> None:
    assert advice(parse(typed)) == ""
