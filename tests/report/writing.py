"""Reports as the tests ask for them."""

from __future__ import annotations

from tests.report.captures import INFO
from wsinspect.report.build import Report, build
from wsinspect.report.document import words
from wsinspect.report.formats import Format, render
from wsinspect.report.material import Capture, Material
from wsinspect.report.telling import title, verdict


def report(*materials: Material) -> Report:
    """The report on these connections."""
    return build(Capture(INFO, materials))


def as_text(*materials: Material) -> str:
    """It as plain text."""
    return render(report(*materials), Format.TEXT)


def said(material: Material) -> tuple[str, str]:
    """Title and verdict of one connection."""
    return words(title(material)), words(verdict(material))
