"""What is said where something else may have been meant."""

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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("code:1006", "1006 is never sent; Connections finds it as a conclusion"),
        ("code:1001,1005", "1005 is never sent; Connections finds it as a conclusion"),
        ("json:$.price > 99.9", "> is a word here; write it without a blank before it"),
        ("size:>1 kB", "kB is a word here; write it without a blank before it"),
        (r"re:live [0-9]+", "a blank ends the pattern behind re: unless it stands in quotes"),
    ],
)
def test_blanks_and_codes_that_lead_nowhere(typed: str, said: str) -> None:
    assert advice(parse(typed)) == said


@pytest.mark.parametrize(
    "typed", ["", "code:>1005", "json:$.a b", "size:>1kB 5", "nothing", "sandy", "type:ping", "a or b", "wow!", "-a b"]
)
def test_all_else_is_left_alone(typed: str) -> None:
    assert advice(parse(typed)) == ""
