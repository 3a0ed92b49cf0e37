"""What is remembered from one time to the next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wsinspect.errors import EnvironmentProblem
from wsinspect.filters import parse
from wsinspect.habits import MOST_HIDDEN, Habits, habits_path, load, save
from wsinspect.ui.messages.listed import Listed
from wsinspect.ui.messages.remembering import recalled, remember


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    assert load(path) == Habits()
    habits = Habits(("type:ping", 'json:$.type="täglich"'), folds=True)
    save(habits, path)
    assert load(path) == habits
    assert os.listdir(tmp_path) == ["habits.json"]


def test_it_is_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert habits_path().is_relative_to(tmp_path)
    assert habits_path().parent.is_dir()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"hidden": 3, "folds": true}', '{"hidden": [], "folds": 3}', "é"])
def test_a_damaged_file_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "habits.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(EnvironmentProblem, match="is damaged"):
        load(path)


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        save(Habits(), tmp_path / "missing" / "habits.json")


def test_no_file_makes_too_much_of_it(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    save(Habits(("type:ping",) * (MOST_HIDDEN + 5)), path)
    assert len(load(path).hidden) == MOST_HIDDEN


def test_hidden_kinds_come_back_but_for_those_that_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    save(Habits(("type:ping", "no:such", ""), folds=True), path)
    ping = parse("type:ping")
    assert ping is not None
    assert recalled(Listed(connection=3), path) == Listed(connection=3, hidden=(ping,), folds=True)
    remember(Listed(connection=4, hidden=(ping,)), path)
    assert load(path) == Habits(("type:ping",))
