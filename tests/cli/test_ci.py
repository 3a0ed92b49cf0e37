"""The line of the README that lets a job fail: it does so on the close it names, and on no other."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.diagnosis.building import CLIENT, SERVER, Made, opened
from wsinspect.diagnosis import findings
from wsinspect.report.records import close_json, to_line

README = Path(__file__).parents[2] / "README.md"
CRASH = opened().text(CLIENT, 5, '{"order":1}').shut(SERVER, 9, 1011)
OTHERS = {
    "done": opened().text(SERVER, 5).shut(CLIENT, 9, 1000),
    "no pong": opened().ping(SERVER, 5).shut(SERVER, 9000, 1011, "keepalive ping timeout"),
    "no server": Made().unreached("127.0.0.1:9000: connection refused", "tcp"),
}


def _job(folder: Path, *connections: Made) -> int:
    """What the line returns for these closes."""
    line = re.search(r"^jq -es .*$", README.read_text(), re.MULTILINE)
    assert line is not None
    records = [close_json(one.story, findings(one.evidence())) for one in connections if one.story is not None]
    assert len(records) == len(connections)
    (folder / "closes.jsonl").write_text("".join(f"{to_line(record)}\n" for record in records))
    return subprocess.run(["bash", "-c", line[0]], cwd=folder, capture_output=True, check=False).returncode


@pytest.mark.skipif(shutil.which("jq") is None or shutil.which("bash") is None, reason="jq or bash is not here")
def test_a_job_fails_on_a_handlers_exception_and_on_nothing_else(tmp_path: Path) -> None:
    assert _job(tmp_path, *OTHERS.values()) == 0
    assert _job(tmp_path, CRASH) == 1
    assert _job(tmp_path, CRASH, *OTHERS.values()) == 1
