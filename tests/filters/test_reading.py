"""A text that is being typed means what it means without the term that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.filters.expressions import WORDS
from wsinspect.filters import FilterError, parse
from wsinspect.filters.reading import reading


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("", ""),
        ("tick", "tick"),
        ("size:", ""),
        ("-size:x", ""),
        ("tick size:x", "tick "),
        ("tick -size:x", "tick "),
        ("tick or size:x", "tick "),
        ("tick or", "tick "),
        ("a (b or size:x", "a "),
        ("a (size:x", "a "),
        ('tick "not closed', "tick "),
        ("size:x tick", ""),
        ("tick foo:bar tock", "tick "),
        ("a b) c", "a "),
    ],
)
def test_what_stands_before_the_wrong_term_counts(text: str, valid: str) -> None:
    found = reading(text, parse)
    assert (found.text, found.valid, found.expression) == (text, valid, parse(valid))
    assert (found.error is None) == (valid == text)


@given(st.lists(st.sampled_from([*WORDS, "size:x", "(", ")", "or", "-", '"', "type:text", "foo:"]), max_size=60))
def test_it_is_always_a_filter_and_depends_on_the_text_alone(parts: list[str]) -> None:
    text = " ".join(parts)
    found = reading(text, parse)
    assert text.startswith(found.valid)
    assert found.expression == parse(found.valid)
    try:
        parse(text)
    except FilterError:
        assert found.error is not None
    else:
        assert found.valid == text
