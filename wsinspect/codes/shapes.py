"""What the first messages of a connection look like when a known protocol is spoken on it.

Only the beginnings of the first few messages of each side are looked at, whatever they hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wsinspect.codes.entry import Sender
from wsinspect.codes.patterns import fits
from wsinspect.codes.tables import Table

MESSAGES = 4
"""Messages of each side that are looked at."""

HEAD_BYTES = 512
"""Bytes of each message that are looked at."""

Message: TypeAlias = tuple[int, bytes]
"""Who sent a data message, as model.Side, and its first bytes, unmasked and inflated."""

_SIDES = {Sender.CLIENT: 0, Sender.SERVER: 1}
"""The values of model.Side; not that type itself, since importing the model is not cheap."""

_BLANKS = re.compile(r'("(?:[^"\\]|\\.)*+"?+)|[ \t\r\n]+')
"""A JSON string, kept, or the blanks between its parts, dropped; possessive, so that it never goes back."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One message that gives a protocol away."""

    side: int
    """Who sends it, as model.Side."""
    form: str
    """The whole text, ``*`` for what varies; empty when ``json`` says it."""
    json: tuple[str, ...]
    """What a JSON text holds, in any order, blanks between its parts left out; empty when ``form`` says it."""

    def is_like(self, text: str) -> bool:
        """Whether the beginning of a message, as ``plain`` gives it, has this shape."""
        if self.form:
            return fits(self.form, text)
        return text.startswith(("{", "[")) and all(part in text for part in self.json)


def load_shapes(parts: Iterable[Table]) -> tuple[Shape, ...]:
    """Read the shapes of one vendor.

    Raises:
        CatalogueError: a shape breaks the form.
    """
    found = []
    for part in parts:
        side = part.choice("by", Sender)
        if side not in _SIDES:
            raise part.problem("by must be client or server")
        form = part.text("form") if "form" in part else ""
        json = part.texts("json")
        if bool(form) == bool(json):
            raise part.problem("one of form and json must say what the message looks like")
        found.append(Shape(_SIDES[side], form, json))
        part.done()
    return tuple(found)


def first_texts(messages: Iterable[Message]) -> tuple[tuple[int, str], ...]:
    """The beginnings of the first messages of each side, ready for ``Shape.is_like``."""
    left = [MESSAGES, MESSAGES]
    found = []
    for side, data in messages:
        if side in (0, 1) and left[side]:
            left[side] -= 1
            found.append((int(side), plain(data)))
    return tuple(found)


def plain(data: bytes) -> str:
    """The beginning of a message as text; of JSON without the blanks between its parts."""
    text = data[:HEAD_BYTES].decode("utf-8", "replace")
    if text.lstrip(" \t\r\n")[:1] in ("{", "["):
        return _BLANKS.sub(lambda match: match[1] or "", text)
    return text


def any_fits(shapes: Sequence[Shape], texts: Sequence[tuple[int, str]]) -> bool:
    """Whether one of the messages has one of the shapes."""
    return any(shape.side == side and shape.is_like(text) for side, text in texts for shape in shapes)
