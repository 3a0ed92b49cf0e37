"""Every check a change must pass, in the order in which they fail fastest: ``python -m tests``.

Arguments are passed on to pytest, which then runs alone: ``python -m tests -k relay``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable

LIMIT_S = 1200
"""Seconds that one check may take."""

CHECKS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "-q", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "-q", "."],
    "types": [PYTHON, "-m", "mypy"],
    "layers": [PYTHON, "-c", "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"],
    "pictures": [PYTHON, "-m", "screenshots.make", "--check"],
    "tests": [PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal"],
}


def main(arguments: list[str]) -> int:
    """Run the checks; returns 0 when all passed."""
    if arguments:
        return subprocess.run([*CHECKS["tests"], *arguments], cwd=ROOT, check=False).returncode
    failed: list[str] = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        if not _passes(command):
            failed.append(name)
        sys.stdout.write(f"== {name}: {'FAILED' if name in failed else 'ok'}, {time.monotonic() - started:.0f} s\n")
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "all checks passed\n")
    return 1 if failed else 0


def _passes(command: list[str]) -> bool:
    try:
        return subprocess.run(command, cwd=ROOT, check=False, timeout=LIMIT_S).returncode == 0
    except subprocess.TimeoutExpired:
        sys.stdout.write(f"not done after {LIMIT_S} s\n")
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
