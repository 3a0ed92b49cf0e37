"""A recorder that is killed at any moment has lost nothing that was shown."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.killing import Shown, check, check_numbers, killed_round
from tests.fixtures.session import MS, NOW_NS, S_TO_C, TEXT, Live, Peer, stage
from wsinspect.session.reader import Reader

pytestmark = pytest.mark.integration

ROUNDS = int(os.environ.get("WSINSPECT_KILLS", "5"))
"""How many recorders are killed; ``python -m tests.faults.killing 200`` is the long run."""


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_what_was_shown_is_there(tmp_path: Path, seed: int) -> None:
    await killed_round(tmp_path, random.Random(seed))


def test_what_is_missing_is_noticed(tmp_path: Path) -> None:
    live = Live(tmp_path / "s.wsi")
    stage(live.script)
    live.script.play_until(NOW_NS)
    live.commit()
    reader = Reader(live.path)
    shown = Shown()
    shown.take(reader)
    row, closed = reader.rows(4, 1, 1)[0], reader.connections(4, 1)[0]
    reader.close()
    check(live.path, shown)
    for wrong in (
        replace(shown, connections=shown.connections + 1),
        replace(shown, rows=shown.rows + 1),
        replace(shown, per_connection={4: closed.rows + 1}),
        replace(shown, closed={5: closed}),
        replace(shown, listed={(4, 2): row}),
        replace(shown, together={shown.rows + 1: row}),
    ):
        with pytest.raises(AssertionError):
            check(live.path, wrong)
    live.stop()


def test_a_hole_is_noticed(tmp_path: Path) -> None:
    live = Live(tmp_path / "s.wsi")
    peer = Peer(live.script, 0, "/").upgrade()
    for at, number in enumerate((0, 1, 3)):
        peer.frame(S_TO_C, (10 + at) * MS, TEXT, b"%d x" % number)
    live.script.play()
    live.stop()
    with pytest.raises(AssertionError):
        check_numbers(live.path)
