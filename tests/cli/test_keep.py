"""``--keep``: a live run that keeps only its newest part."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.recorder import Recorder
from wsinspect.capture.plan import CapturePlan
from wsinspect.session.reader import Reader
from wsinspect.session.recording.ring import Keep


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wsinspect", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (["1MB"], "is too small to record to"),
        (["2GB", "3GB"], "given twice"),
        (["soon"], "neither a size such as 2GB nor a stretch of time such as 24h"),
    ],
)
def test_what_cannot_be_kept_is_said(limits: list[str], says: str, tmp_path: Path) -> None:
    wanted = [part for limit in limits for part in ("--keep", limit)]
    done = run("proxy", "ws://127.0.0.1:9", "--headless", "-o", str(tmp_path / "k.wsi"), *wanted)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split())


def test_the_limits_cross_the_pipe() -> None:
    plan = CapturePlan(Path("x.wsi"), "ws://h/", keep=Keep(2_000_000_000, 86_400 * 10**9))
    assert CapturePlan.from_json(plan.to_json()) == plan
    assert CapturePlan.from_json(CapturePlan(Path("x.wsi"), "").to_json()).keep.words == ""


def test_a_run_keeps_its_newest_part(tmp_path: Path) -> None:
    """Of a demo that keeps a second the beginning is gone several seconds on, and a row says so."""
    path = tmp_path / "ring.wsi"
    demo = Recorder("--keep", "1s", "-o", str(path))
    demo.await_line("#6 ● open")
    assert demo.stop() == 0
    reader = Reader(path)
    rows = reader.all_rows(1, 10_000)
    said = [row.event.data for row in rows if row.event is not None]
    assert any("1 s" in str(one) for one in said), said[:5]
    assert reader.info().connections >= 6
    reader.close()
