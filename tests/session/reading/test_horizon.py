"""A session read as of a time says what a reader said that was there at that time."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.session.conftest import START_NS
from tests.session.steps import FLUSH, STEPS, Recorded, Step, Taken, take
from wsinspect.session.reader import Reader

STEP_NS = 1000


def _times(steps: list[Step]) -> list[tuple[Step, int]]:
    return [(step, START_NS + STEP_NS * at) for at, step in enumerate(steps, 1)]


def _record(path: Path, steps: list[Step], *, each: bool) -> list[tuple[int, Taken]]:
    """Do all steps, with a commit where they say so, or after each; returns what was said after each commit."""
    session = Recorded.begin(path)
    reader = Reader(path)
    said: list[tuple[int, Taken]] = []
    try:
        for step, at_ns in _times(steps):
            if not isinstance(step, str):
                session.do(step, at_ns)
            if (each or step == FLUSH) and session.commit():
                said.append((reader.info().last_ns, take(reader)))
    finally:
        reader.close()
        session.stop()
    return said


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_as_of_a_commit_it_says_what_it_said_then(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.wsi"
        said = _record(path, steps, each=False)
        reader = Reader(path)
        try:
            for at_ns, then in [*said, *reversed(said)]:
                reader.as_of(at_ns)
                assert take(reader) == then
        finally:
            reader.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_within_a_commit_it_says_what_smaller_commits_had_said(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.wsi"
        said = _record(Path(folder) / "fine.wsi", steps, each=True)
        _record(path, steps, each=False)
        reader = Reader(path)
        try:
            for at_ns, then in [*said, *reversed(said)]:
                reader.as_of(at_ns + STEP_NS // 2)
                assert take(reader).coarse() == then.coarse()
            reader.as_of(None)
            assert take(reader).coarse() == (said[-1][1].coarse() if said else ((0, 0), [], [], [], [], []))
        finally:
            reader.close()
