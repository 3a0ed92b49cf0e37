"""One observation of "In this capture", and how observations are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from wsinspect.diagnosis.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Clue:
    """One observation: never why the connection closed, only what can be seen and which codes it fits.

    Codes are keys of topics: ``1011``, ``http:502``, ``end:rst``.
    """

    said: str
    """Lower case start, no final dot; safe to show."""
    speaks_for: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    rows: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


Look: TypeAlias = Callable[[Evidence], Clue | None]

ALL_WIRE = frozenset({str(code) for code in (*range(1000, 1004), *range(1007, 1015), 3000, 3003, 3008)})
"""Codes that stand in close frames, as far as they are compared."""
