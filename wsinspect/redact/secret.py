"""One secret: what is known of it, what is told of it, and what stands for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PLACEHOLDER = re.compile(r"«([a-z][a-z0-9-]*-[0-9]+)»")
"""What stands for a secret. Where a peer's own text looks like one, its first character is escaped."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """One secret that is masked, or was switched off; tells nothing of the secret itself."""

    kind: str
    """Word for what it is: ``token``."""
    key: str
    """Names the secret within this process, whatever is masked around it: for a set of switched-off ones."""
    placeholder: str
    """``«token-1»``."""
    reason: str
    """Why it is taken for a secret; safe to show."""
    places: tuple[str, ...]
    """Where it stands, the first MAX_PLACES; empty when the caller named none."""
    count: int
    """How often."""
    is_on: bool
    """Whether it is masked."""


@dataclass(slots=True)
class Secret:
    """A secret, and where it was met."""

    kind: str
    key: str
    """As of its Redaction."""
    is_partial: bool
    """Whether only its beginning was seen, at the end of a text that was cut."""
    values: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    count: int = 0
    placeholder: str = ""
