"""The rows of a run, made all at once: reading many plain messages is what a session is mostly asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from operator import sub
from typing import Any

from wsinspect.model import HEAD_BYTES, Row, Violation
from wsinspect.session.stored.found import FoundRun
from wsinspect.wire.messages import row_kind
from wsinspect.wire.runs import Run

_make: Callable[[type[Row], tuple[Any, ...]], Row] = tuple.__new__
"""What ``Row`` itself comes down to, without the way there. The fields must be all there, in their order."""


def rows_alike(
    connection: int,
    number: int,
    found: FoundRun,
    starts: Sequence[int],
    violations: tuple[Violation, ...],
    contents: list[bytes],
    inflated: list[bytes] | None,
) -> list[Row]:
    """The rows of a run.

    Args:
        connection: whose.
        number: of the first row.
        found: the run.
        starts: where the payload of each begins, counted as the run's bounds.
        violations: what each of them breaks.
        contents: the beginning of each payload, HEAD_BYTES of it or all.
        inflated: all of each, where the run is compressed.
    """
    side, run, at_ns = found
    at, wholes, sizes = _measures(run, starts)
    # No step of Python for a row: every column is one iterator.
    columns = {
        "connection": repeat(connection),
        "number": range(number, number + run.frames),
        "kind": repeat(row_kind(run.first)),
        "at_ns": repeat(at_ns),
        "first_ns": repeat(at_ns),
        "side": repeat(side),
        "at": at,
        "wire_length": wholes,
        "size": sizes,
        "inflated_size": map(len, inflated) if inflated else repeat(None),
        "frames": repeat(1),
        "is_compressed": repeat(inflated is not None),
        "is_masked": repeat(bool(run.mask_bit)),
        "head": contents
        if run.largest <= HEAD_BYTES and not inflated
        else [content[:HEAD_BYTES] for content in contents],
        "problem": repeat(""),
        "violations": repeat(violations),
        "event": repeat(None),
        "mark": repeat(None),
    }
    return list(map(_make, repeat(Row), zip(*columns.values(), strict=False)))


def _measures(run: Run, starts: Sequence[int]) -> tuple[Iterable[int], Iterable[int], Iterable[int]]:
    """Of each frame its offset in the stream, its length, and that of its payload."""
    base, bounds = run.base, run.bounds
    if isinstance(bounds, range):
        at = range(base + bounds.start, base + bounds.stop, bounds.step)
        return at, repeat(bounds.step), repeat(run.largest)
    ends = bounds[1:]
    return [base + begin for begin in bounds[:-1]], map(sub, ends, bounds), map(sub, ends, starts)
