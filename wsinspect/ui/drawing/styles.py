"""Reads the styles that stand beside a widget's module."""

from __future__ import annotations

from pathlib import Path


def beside(module_file: str) -> str:
    """The text of the ``.tcss`` file with the name of the module; pass ``__file__``."""
    return Path(module_file).with_suffix(".tcss").read_text(encoding="utf-8")
