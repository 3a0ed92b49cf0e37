"""How the secrets of one message or control frame are overwritten where they stand: by the rules that reports have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wsinspect import text
from wsinspect.model import RowKind
from wsinspect.redact import Redactor
from wsinspect.redact.cover import FILL, cover
from wsinspect.report.masking import is_printable
from wsinspect.session.copying.begun import LIMIT, Begun
from wsinspect.wire.editing import Change, Overwrite

BLANK = ord(FILL)

_OVERLAP = 1 << 16
"""Bytes of binary content that are looked at together with what follows them."""


@dataclass(slots=True)
class Tally:
    """What had to be done beside overwriting secrets where they stand, in messages."""

    binary: int = 0
    """Overwritten as a whole: no text, but with a secret in it."""
    long: int = 0
    """Overwritten behind their first LIMIT bytes."""
    unseen: int = 0
    """Overwritten as a whole, since what they hold compressed is not known."""
    resized: int = 0
    """Compressed to another length."""


def change_for(redactor: Redactor, one: Begun, tally: Tally) -> Change | None:
    """What is to be written over the content of a message or control frame; None where that is nothing.

    Args:
        redactor: knows the secrets.
        one: the message; a compressed one must be known inflated.
        tally: what is done is noted there.
    """
    # The code of a close is no text (RFC 6455 section 5.5.1).
    start = 2 if one.kind is RowKind.CLOSE else 0
    content = one.content if one.is_whole else text.whole_characters(one.content)
    body = content[start:]
    is_cut = not one.is_whole
    if one.kind in (RowKind.TEXT, RowKind.CLOSE) or is_printable(body, is_cut=is_cut):
        overwrites = [Overwrite(start + at, said) for at, said in cover(redactor, body, is_cut=is_cut)]
        tally.long += is_cut and len(one.content) == LIMIT
        # What is not there yet, or is too long, is never seen.
        blank_from = max(start, len(content)) if is_cut else None
        return Change(overwrites, blank_from, BLANK) if overwrites or is_cut else None
    if is_cut and one.inflated is not None:
        tally.long += 1
        return Change((), 0 if _is_telling(redactor, one) else len(one.content), BLANK)
    if not _is_telling(redactor, one):
        return None
    tally.binary += 1
    return Change((), start, BLANK)


def written(change: Change | None, content: bytes) -> bytes:
    """A content with a change made."""
    if change is None:
        return content
    made = bytearray(content)
    for at, data in change.overwrites:
        made[at : at + len(data)] = data
    if change.blank_from is not None and change.blank_from < len(made):
        made[change.blank_from :] = bytes([change.blank]) * (len(made) - change.blank_from)
    return bytes(made)


def _is_telling(redactor: Redactor, one: Begun) -> bool:
    """Whether binary content holds a secret, or has a field named like one."""
    return any(redactor.content(data, is_text=False) is None for data in _windows(one))


def _windows(one: Begun) -> Iterator[bytes]:
    """All of a content in stretches that overlap."""
    if one.is_whole or one.inflated is not None:
        yield one.content
        return
    held = b""
    for data, _ in one.again():
        held += data
        if len(held) >= LIMIT:
            yield held
            held = held[-_OVERLAP:]
    yield held
