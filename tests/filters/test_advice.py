"""What is said where words look like operators of other programs."""

from __future__ import annotations

import pytest

from wsinspect.filters import parse
from wsinspect.filters.advice import advice


@pytest.mark.parametrize("typed", ["not type:ping", "type:ping AND conn:1", "!ping", "a && b", "-(a or not)"])
def test_operators_of_others_are_words_here(typed: str) -> None:
    assert "negates" in advice(parse(typed))


@pytest.mark.parametrize("typed", ["", "nothing", "sandy", "type:ping", "a or b", "wow!", "-a b"])
def test_all_else_is_left_alone(typed: str) -> None:
    assert advice(parse(typed)) == ""
