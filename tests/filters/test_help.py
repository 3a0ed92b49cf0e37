"""One table of forms stands behind the parser and the help."""

from __future__ import annotations

from pathlib import Path

from wsinspect.filters import parse
from wsinspect.filters.help import plain, plain_limits, plain_on_connections, readme
from wsinspect.filters.keys import FORMS, KEYS


def test_every_key_is_explained_by_a_filter_that_works() -> None:
    forms = [form for form, _ in FORMS]
    for key in KEYS.values():
        assert key.form in forms
        for form in key.form.split("|"):
            assert parse(form if ":" in form else f"{key.name}:{form}") is not None


def test_the_readme_has_this_page() -> None:
    assert readme() in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_in_the_app_there_are_no_backticks() -> None:
    assert len(plain()) == len(FORMS)
    assert not any("`" in part for line in plain() for part in line)
    assert "`" not in plain_limits() + plain_on_connections()


def test_what_is_said_of_connections_names_every_key_that_means_something_else_there() -> None:
    said = plain_on_connections()
    assert said in readme().replace("`", "")
    assert all(f"{name}:" in said for name in KEYS if name not in ("conn", "path"))
