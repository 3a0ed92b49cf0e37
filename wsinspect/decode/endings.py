"""The words for the ways in which the leg of a connection ends: one table for screen, report and diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.model import Ending


@dataclass(frozen=True, slots=True)
class Words:
    """One way to end, in the grammar of every place that names it."""

    name: str
    """In a list of facts: ``timeout``."""
    sign: str
    """What was seen of it: ``FIN inside TLS``."""
    a_sign: str
    """The same with its article, in a sentence: ``a FIN inside TLS``."""
    did: str
    """What a peer did: ``ended TCP: FIN``."""
    ours: str
    """Why or how wsinspect ended: ``it no longer answered``."""


WORDS = {
    Ending.FIN: Words("FIN", "FIN", "a FIN", "ended TCP: FIN", "FIN"),
    Ending.RST: Words("RST", "RST", "an RST", "ended TCP: RST", "RST"),
    Ending.TIMEOUT: Words(
        "timeout",
        "no more acknowledgements",
        "no more acknowledgements",
        "no longer answers: TCP timed out",
        "it no longer answered",
    ),
    Ending.CLOSE_NOTIFY: Words(
        "close_notify", "TLS close_notify", "TLS close_notify", "ended TLS: close_notify", "TLS close_notify"
    ),
    Ending.TLS_ALERT: Words("TLS alert", "TLS alert", "a TLS alert", "ended TLS: alert", "TLS alert"),
    Ending.TLS_TRUNCATED: Words(
        "FIN without close_notify",
        "FIN inside TLS",
        "a FIN inside TLS",
        "ended TCP inside TLS: FIN without close_notify",
        "FIN without TLS close_notify",
    ),
}
"""Every way to end."""
