"""A burst that waited in memory does not stay there once it is written."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from tests.limits import LIMIT_S

_BURST = """
import sys, time
from pathlib import Path
from wsinspect.model import Side
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

writer = SessionWriter(Path(sys.argv[1]), {}, reserve=0)
recorder = Recorder(writer)
one = recorder.opened(source="relay", client="c", url="u", path="/", request=b"GET", at_ns=1)
one.upgraded(1, subprotocol="", extensions="")
began = highest = resident()
for at in range(2, 2_000):
    if not writer.is_behind:
        one.read(Side.SERVER, build_frame(2, bytes(60_000)), at)
        recorder.flush()
    highest = max(highest, resident())
until = time.monotonic() + float(sys.argv[2])
while resident() - began > (highest - began) / 4 and time.monotonic() < until:
    time.sleep(0.05)
print(highest - began, resident() - began)
writer.stop(3_000)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library gives nothing back"
)
def test_what_a_burst_took_goes_back(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _BURST, str(tmp_path / "x.wsi"), str(LIMIT_S)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    taken, kept = map(int, said.split())
    assert taken > 8 << 20
    assert kept <= taken / 4
