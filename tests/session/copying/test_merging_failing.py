"""What goes wrong when two sessions are merged: what is said, and that nothing is left behind."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.session import S
from tests.fixtures.two_sides import merged
from wsinspect.errors import DamagedSessionError, EnvironmentProblem, UsageError
from wsinspect.session.copying.merging import Pair, merge
from wsinspect.session.file.merged import merged_from


def test_one_file_is_not_two(sides: Pair) -> None:
    with pytest.raises(UsageError, match="is given twice"):
        merged(Pair(sides.first, sides.first))


def test_a_time_before_1970_is_refused(sides: Pair) -> None:
    with pytest.raises(UsageError, match="would begin before 1970"):
        merged(sides, -70 * 365 * 86_400 * S)


def test_damage_names_the_file_and_leaves_nothing(sides: Pair) -> None:
    with closing(sqlite3.connect(sides.second)) as db:
        db.execute("UPDATE segment SET reads = x'00' WHERE connection = 3")
        db.commit()
    with pytest.raises(DamagedSessionError, match=re.escape(str(sides.second))):
        merged(sides)
    assert sorted(os.listdir(sides.first.parent)) == ["client.wsi", "server.wsi"]


def test_who_leaves_leaves_nothing_behind(sides: Pair) -> None:
    class Left(Exception):
        pass

    def progress(rows: int) -> None:
        if rows:
            raise Left

    out, _ = merged(sides)
    before = out.read_bytes()
    with pytest.raises(Left):
        merge(sides, out, asked_ns=S, on_progress=progress)
    assert sorted(os.listdir(out.parent)) == ["client.wsi", "m.wsi", "server.wsi"]
    assert out.read_bytes() == before


def test_a_folder_that_is_gone_is_said(sides: Pair, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        merge(sides, tmp_path / "gone" / "m.wsi", asked_ns=0)


def test_without_room_the_file_that_was_to_come_is_named(sides: Pair) -> None:
    out = sides.first.with_name("m.wsi")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(EnvironmentProblem) as met:
            merged(sides)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(met.value).startswith(f"cannot write {out}: d")
    assert str(met.value).endswith(" (it takes about as much room as both files)")
    assert sorted(os.listdir(out.parent)) == ["client.wsi", "server.wsi"]


@pytest.mark.parametrize(
    "said",
    ["", "[]", "{}", '{"files": [1, 2]}', '{"files": [], "offset_ns": 0}', "[" * 100_000],
    ids=["nothing", "list", "empty", "numbers", "none", "nested"],
)
def test_a_session_that_says_anything_is_not_merged(said: str) -> None:
    assert merged_from({"merged_from": said}) is None
