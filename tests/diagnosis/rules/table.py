"""What the tables of the rules are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.saying import Rule


class Pair(NamedTuple):
    """Evidence for one rule."""

    fires: Evidence
    silent: Evidence


Table: TypeAlias = Mapping[Rule, Pair]
