"""How the TCP connection to one peer came to its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How one leg's TCP connection (or the TLS around it) came to its end."""

    FIN = "fin"
    RST = "rst"
    TIMEOUT = "timeout"
    """The kernel gave up: nothing was acknowledged any more."""
    CLOSE_NOTIFY = "close_notify"
    """TLS said goodbye before the FIN."""
    TLS_ALERT = "tls_alert"
    TLS_TRUNCATED = "tls_truncated"
    """A FIN inside TLS without close_notify."""


class EndedBy(StrEnum):
    """Who ended a leg."""

    PEER = "peer"
    """The peer at its end."""
    RELAY = "relay"
    """wsinspect, to pass on how the other leg ended."""
    US = "us"
    """wsinspect of itself, or because the user asked for it."""


@dataclass(frozen=True, slots=True)
class LegEnd:
    """How the TCP connection to one peer ended."""

    how: Ending
    at_ns: int
    by: EndedBy = EndedBy.PEER
    undelivered: int = 0
    """Bytes received for this peer that could not be given to it any more."""

    @property
    def by_us(self) -> bool:
        """Whether wsinspect ended it of itself."""
        return self.by is EndedBy.US
