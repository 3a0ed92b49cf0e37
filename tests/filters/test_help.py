"""One table of forms stands behind the parser and the help."""

from __future__ import annotations

from pathlib import Path

import pytest

from wsinspect.filters import jsonpath, parse, patterns
from wsinspect.filters.expression import Json, Pattern, Text
from wsinspect.filters.help import plain, plain_limits, plain_on_connections, readme
from wsinspect.filters.keys import FORMS, KEYS
from wsinspect.filters.matcher import finder


def test_every_key_is_explained_by_a_filter_that_works() -> None:
    forms = [form for form, _ in FORMS]
    for key in KEYS.values():
        assert key.form in forms
        for form in key.form.split("|"):
            assert parse(form if ":" in form else f"{key.name}:{form}") is not None


def test_the_readme_has_this_page() -> None:
    assert readme() in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (r're:"\"qty\": 3[0-2]"', True),
        (r"caf\u00e9", True),
        ("café", False),
        ("re:café", False),
        ("json:$.name=café", True),
    ],
)
def test_what_the_page_says_of_quotes_and_escapes_is_so(text: str, is_found: bool) -> None:
    found, content = None, rb'{"name":"caf\u00e9","qty": 31}'
    match parse(text):
        case Text(word):
            found = finder(word)(content)
        case Pattern(pattern):
            found = patterns.search(pattern, content)
        case Json() as term:
            found = jsonpath.holds(term, content)
    assert found is is_found


def test_in_the_app_there_are_no_backticks() -> None:
    assert len(plain()) == len(FORMS)
    assert not any("`" in part for line in plain() for part in line)
    assert "`" not in plain_limits() + plain_on_connections()


def test_what_is_said_of_connections_names_every_key_that_means_something_else_there() -> None:
    said = plain_on_connections()
    assert said in readme().replace("`", "")
    assert all(f"{name}:" in said for name in KEYS if name not in ("conn", "path"))
