"""Sizes and stretches of time as users of other tools write them: ``2GB``, ``500M``, ``30d``, ``1h30m``."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import click

from wsinspect.session.recording.ring import Keep

if TYPE_CHECKING:
    NumberType = click.ParamType[int]
    KeepType = click.ParamType[Keep]
else:
    NumberType = KeepType = click.ParamType  # generic for type checkers only in the oldest click that will do

_POWERS = {"": 0.0, "k": 1.0, "m": 2.0, "g": 3.0, "t": 4.0}
_NUMBER = r"\d{1,15}(?:\.\d{1,9})?"
_SIZE = re.compile(rf"({_NUMBER})\s*(?:([kmgt])(i?))?(b?)", re.IGNORECASE | re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_AGE = re.compile(rf"(?:{_NUMBER}[smhdw])+", re.ASCII)
_PART = re.compile(rf"({_NUMBER})([smhdw])", re.ASCII)

LARGEST = 1 << 62
"""Beyond it a number fits no file and no calendar."""


class SizeType(NumberType):
    """A number of bytes. kB, MB, GB, TB are powers of 1000; KiB and so on, and a bare K, M, G, T, of 1024."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """As bytes."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a size; write it like 2GB or 500MB", param, ctx)
        number, unit, binary, is_bytes = found.groups()
        base = 1024 if unit and (binary or not is_bytes) else 1000
        size = round(float(number) * math.pow(base, _POWERS[(unit or "").lower()]))
        if size > LARGEST:
            self.fail(f"{value!r} is larger than any disk", param, ctx)
        return size


class AgeType(NumberType):
    """A stretch of time, in nanoseconds: seconds, minutes, hours, days, weeks."""

    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """As nanoseconds."""
        if isinstance(value, int):
            return value
        written = "".join(str(value).split())
        if not _AGE.fullmatch(written):
            self.fail(f"{value!r} is not a stretch of time; write it like 30d, 24h or 90m", param, ctx)
        age = sum(round(float(number) * _SECONDS[unit] * 10**9) for number, unit in _PART.findall(written))
        if age > LARGEST:
            self.fail(f"{value!r} is longer than any calendar", param, ctx)
        return age


class KeptType(KeepType):
    """How much of a recording is kept: a size or a stretch of time."""

    name = "kept"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Keep:
        """As a limit."""
        if isinstance(value, Keep):
            return value
        if _AGE.fullmatch("".join(str(value).split())):
            return Keep(age_ns=AGE.convert(value, param, ctx))
        if _SIZE.fullmatch(str(value).strip()):
            return Keep(size=SIZE.convert(value, param, ctx))
        self.fail(f"{value!r} is neither a size such as 2GB nor a stretch of time such as 24h", param, ctx)


SIZE = SizeType()
AGE = AgeType()
KEPT = KeptType()
