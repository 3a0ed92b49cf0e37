"""Parts of a text that get something else in their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wsinspect.redact import forms
from wsinspect.redact.fields import Value
from wsinspect.redact.secret import Secret


class Edit(NamedTuple):
    """A part of a text, and what stands there instead."""

    start: int
    end: int
    said: str | None
    """None leaves it as it is: what was found there is switched off."""
    secret: Secret | None = None

    def covers(self, start: int, end: int, secret: Secret | None = None) -> bool:
        """Whether there is nothing left to do there, for any secret or for this one."""
        is_done = self.said is not None or (secret is not None and self.secret is secret)
        return is_done and self.start <= start and end <= self.end


def is_text_of_its_own(value: Value, edits: Sequence[Edit]) -> bool:
    """Whether a value of JSON says something else than what stands there, and is not masked already."""
    # What stands there without escapes was looked at with all the rest of the text.
    if not value.is_string or value.end - value.start == len(value.said):
        return False
    return not any(edit.covers(value.start, value.end) for edit in edits)


def outside(edit: Edit, value: Value, written: str) -> Edit:
    """An edit of what a string of JSON says, as one of the text that it is written in."""
    layer = forms.unescaped(written)
    if layer.text != value.said:
        # Nobody can tell which part it is.
        return edit._replace(start=value.start, end=value.end)
    start, end = layer.span(edit.start, edit.end)
    return edit._replace(start=value.start + start, end=value.start + end)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; those that overlap become one."""
    made: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.said is None:
            continue
        if made and edit.start < made[-1].end:
            if edit.end > made[-1].end:
                made[-1] = Edit(made[-1].start, edit.end, f"{made[-1].said}{edit.said}")
            continue
        made.append(edit)
    pieces: list[str] = []
    at = 0
    for edit in made:
        pieces += text[at : edit.start], edit.said or ""
        at = edit.end
    return "".join((*pieces, text[at:]))
