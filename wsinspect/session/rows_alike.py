"""The rows of a run, made all at once: reading many plain messages is what a session is mostly asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise, repeat
from typing import Any

from wsinspect.model import HEAD_BYTES, Row, Violation
from wsinspect.session.found import FoundRun
from wsinspect.wire.messages import row_kind
from wsinspect.wire.runs import header_of

_make: Callable[[type[Row], tuple[Any, ...]], Row] = tuple.__new__
"""What ``Row`` itself comes down to, without the way there. The fields must be all there, in their order."""


def rows_alike(
    connection: int, number: int, found: FoundRun, violations: tuple[Violation, ...], contents: list[bytes]
) -> list[Row]:
    """The rows of a run that is not compressed.

    Args:
        connection: whose.
        number: of the first row.
        found: the run.
        violations: what each of them breaks.
        contents: the beginning of each payload, HEAD_BYTES of it or all.
    """
    side, run, at_ns = found
    kind, is_masked, bounds = row_kind(run.first), bool(run.mask_bit), run.bounds
    numbers, places = range(number, number + run.frames), bounds[:-1]
    wholes: Iterable[int]
    sizes: Iterable[int]
    if isinstance(bounds, range):
        wholes, sizes = repeat(bounds.step, run.frames), repeat(run.largest, run.frames)
    else:
        wholes = [end - begin for begin, end in pairwise(bounds)]
        sizes = [whole - header_of(whole, run.mask_length) for whole in wholes]
    heads = contents if run.largest <= HEAD_BYTES else [content[:HEAD_BYTES] for content in contents]
    base, frames, is_compressed, inflated_size, problem, event, mark = run.base, 1, False, None, "", None, None
    # fmt: off
    return [
        _make(Row, (
            connection, row_number, kind, at_ns, at_ns, side, base + place, whole, size, inflated_size,
            frames, is_compressed, is_masked, head, problem, violations, event, mark,
        ))
        for row_number, place, whole, size, head in zip(numbers, places, wholes, sizes, heads, strict=True)
    ]
    # fmt: on
