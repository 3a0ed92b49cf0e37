"""Secrets overwritten where they stand: bytes that keep their length, so that nothing around them moves.

For what cannot hold a placeholder: the payload of a frame, whose header says how long it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Protocol

from wsinspect.redact.redactor import Redactor, Span
from wsinspect.redact.rules import Hit

FILL = "x"

_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")


class Finds(Protocol):
    """Finds secrets beside those of any text."""

    def __call__(self, text: str, /) -> Iterable[Hit]: ...


def covered(redactor: Redactor, data: bytes, finds: Finds | None = None, *, is_cut: bool = False) -> bytes:
    """The same bytes with the secrets overwritten; arguments as for ``cover``."""
    changed = bytearray(data)
    for at, said in cover(redactor, data, finds=finds, is_cut=is_cut):
        changed[at : at + len(said)] = said
    return bytes(changed)


def cover(
    redactor: Redactor, data: bytes, place: str = "", *, finds: Finds | None = None, is_cut: bool = False
) -> list[tuple[int, bytes]]:
    """What to write over the secrets of a text or of bytes that may hold some.

    Args:
        redactor: knows the secrets and counts them.
        data: any bytes; what is no UTF-8 in them is kept apart and never hit.
        place: where they stand, for the list of redactions.
        finds: finds what else is a secret in them, such as ``rules.head_hits`` in an HTTP head.
        is_cut: whether they are only the beginning of something longer.

    Returns:
        Offsets, and the bytes that belong there: as many as the secret has. In order, none over another.
    """
    text = data.decode("utf-8", "surrogateescape")
    spans = redactor.spans(text, place, finds(text) if finds is not None else (), is_cut=is_cut)
    if not spans:
        return []
    if len(text) == len(data):
        return [(span.start, _fill(span, span.end - span.start, text)) for span in spans]
    offsets = [0, *accumulate(len(character.encode("utf-8", "surrogateescape")) for character in text)]
    return [(offsets[span.start], _fill(span, offsets[span.end] - offsets[span.start], text)) for span in spans]


def _fill(span: Span, length: int, text: str) -> bytes:
    """What stands for a secret of ``length`` bytes; a number stays one, so that JSON around it stays JSON."""
    if span.is_bare and _NUMBER.fullmatch(text[span.start : span.end]):
        return (("0", "-0")[length - 1] if length < 3 else "0." + "0" * (length - 2)).encode()
    if length <= len(span.name):
        return (span.name if length == len(span.name) else FILL * length).encode()
    return f"{span.name}-".ljust(length, FILL).encode()
