"""Patterns match as their regular expressions would, in a time that peers cannot make long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.codes.patterns import fits


@pytest.mark.parametrize(
    ("pattern", "text", "is_fit"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("", "", True),
        ("*", "", True),
        ("*", "any\nthing", True),
        ("a*", "abc", True),
        ("*c", "abc", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("frame with * bytes exceeds limit of * bytes", "frame with 9 bytes exceeds limit of 8 bytes", True),
        ("a.c", "abc", False),
    ],
)
def test_fits(pattern: str, text: str, is_fit: bool) -> None:
    assert fits(pattern, text) is is_fit


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_fits_as_a_regular_expression_does(pattern: str, text: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert fits(pattern, text) == (re.fullmatch(expression, text, re.DOTALL) is not None)
