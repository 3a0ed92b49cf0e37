"""JSON is laid out without a change to any value, and what is not JSON is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.ui.pages.json_layout import DEEPEST, coloured, laid_out

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES))
def test_the_same_value_comes_out(value: object) -> None:
    lines = laid_out(json.dumps(value))
    assert lines is not None
    assert json.loads("\n".join(lines)) == value


def test_values_stay_as_they_were_sent() -> None:
    lines = laid_out('{"a":1.0,"a":1e400,"b":"\\u00e9\\n","c":[],"d":{}}')
    assert lines == ["{", '  "a": 1.0,', '  "a": 1e400,', '  "b": "\\u00e9\\n",', '  "c": [],', '  "d": {}', "}"]


@pytest.mark.parametrize("text", ["", "hello", "12", '"text"', "{", "[1,", "{]", "[1}", "[one]", "[1] trailing", "]"])
def test_not_json(text: str) -> None:
    assert laid_out(text) is None


def test_a_cut_text_is_laid_out_as_far_as_it_goes() -> None:
    assert laid_out('{"a":[1,2,"th', is_cut=True) == ["{", '  "a": [', "    1,", "    2,", '    "th']


def test_deep_nesting_costs_no_stack_and_no_width() -> None:
    lines = laid_out("[" * 100_000 + "]" * 100_000)
    assert lines is not None
    assert max(map(len, lines)) <= 2 * DEEPEST + 2


@given(st.text())
def test_colours_keep_the_text(text: str) -> None:
    line = text.replace("\n", "")
    assert "".join(piece.text for piece in coloured(line)) == line
