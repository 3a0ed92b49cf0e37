"""Lays JSON text out over lines without changing a character of its values. Pure.

The text is cut into tokens, never parsed into numbers and dictionaries: ``1.0``, double keys and numbers beyond any
float stay as they were sent, nesting costs no stack, and a text that was cut short is laid out as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s"{}\[\],:]+|\s+', re.DOTALL)
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")

INDENT = 2
DEEPEST = 24
"""Levels that are still indented; deeper ones stand below each other."""


def laid_out(text: str, *, is_cut: bool = False) -> list[str] | None:
    """The lines of a JSON text; None when it is not JSON.

    Args:
        text: what was sent.
        is_cut: whether the text goes on beyond what is here; then its end may miss.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    lines = [""]
    depth: list[str] = []
    is_open = False
    for match in _PARTS.finditer(text):
        part = match[0]
        if part.isspace():
            continue
        if not (part[0] in '"{}[],:' or _SCALAR.fullmatch(part) or (is_cut and match.end() == len(text))):
            return None
        if part in "}]":
            if not depth or depth.pop() != part:
                return None
            if not is_open:
                _new_line(lines, len(depth))
            lines[-1] += part
            is_open = False
        else:
            if is_open:
                _new_line(lines, len(depth))
            is_open = part in "{["
            lines[-1] += ": " if part == ":" else part
            if is_open:
                depth.append("}" if part == "{" else "]")
            elif part == ",":
                _new_line(lines, len(depth))
    return lines if is_cut or not depth else None


def _new_line(lines: list[str], depth: int) -> None:
    lines.append(" " * INDENT * min(depth, DEEPEST))


_PART = re.compile(r'(?P<key>"(?:[^"\\]|\\.)*")(?=: )|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<scalar>[^\s"{}\[\],:]+)|.+?')
_TONES = {"key": Tone.DOWN, "string": Tone.UP, "scalar": Tone.RELATED}


def coloured(line: str) -> Iterator[Piece]:
    """One laid-out line in colours."""
    for match in _PART.finditer(line):
        yield Piece(match[0], _TONES.get(match.lastgroup or "", Tone.PLAIN))
