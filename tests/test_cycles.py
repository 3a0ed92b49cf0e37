"""How often a program of ours looks for circles."""

from __future__ import annotations

import json
import subprocess
import sys

_SCRIPT = """
import gc, json
from wsinspect.cli.main import main
own = gc.get_threshold()
main(["--version"])
print(json.dumps([own, gc.get_threshold()]))
"""


def test_the_program_looks_rarely_for_circles() -> None:
    said = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True).stdout
    own, ours = json.loads(said.splitlines()[-1])
    assert ours == [20_000, *own[1:]]
