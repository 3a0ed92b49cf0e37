"""The golden files: what each capture looks like in each format, byte for byte.

``python -m tests.report.golden`` writes them anew; the difference is then read like code.
"""

from __future__ import annotations

from pathlib import Path

from tests.report.captures import CAPTURES
from wsinspect import __version__
from wsinspect.report.build import build
from wsinspect.report.formats import Format, render

FOLDER = Path(__file__).with_name("golden")


def rendered(name: str, form: Format) -> bytes:
    """A capture in a format, the same for every version of wsinspect."""
    said = render(build(CAPTURES[name]), form)
    for before in ("wsinspect ", '"wsinspect": "', '"version": "'):
        said = said.replace(before + __version__, f"{before}VERSION")
    return said.encode()


def path(name: str, form: Format) -> Path:
    """Where it is kept."""
    return FOLDER / f"{name}{form.suffix}"


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name in CAPTURES:
        for form in Format:
            path(name, form).write_bytes(rendered(name, form))


if __name__ == "__main__":
    main()
