"""The upgrade from HTTP to WebSocket."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handshake:
    """The heads of the upgrade, byte for byte, and how long its stages took."""

    request: bytes = b""
    """The client's request head, as it arrived."""
    forwarded: bytes = b""
    """What wsinspect sent on to the server: the same but for Host, Origin and the path."""
    response: bytes = b""
    """The answer's head; for a refusal also the body's first 64 KiB."""
    response_by_us: bool = False
    connect_ns: int | None = None
    """From dialling to TCP connected, name resolution included."""
    tls_ns: int | None = None
    """The TLS handshake with the server."""
    upgrade_ns: int | None = None
    """From the request sent on to the answer's head complete."""
