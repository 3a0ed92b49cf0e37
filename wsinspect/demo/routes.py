"""What the target server knows of each of its paths."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Response

from wsinspect.demo.stage import Stage

Handler = Callable[[ServerConnection, Stage], Awaitable[None]]
"""Serves one connection; raising anything but ConnectionClosed is a crash, which closes with 1011."""

Check = Callable[[ServerConnection, Stage], Awaitable[Response | None]]
"""Looks at an upgrade before it is answered; a Response refuses it."""


@dataclass(frozen=True, slots=True)
class Keepalive:
    """How long a server waits for a silent client, in seconds at normal pace."""

    interval: float
    timeout: float
    close_timeout: float


@dataclass(frozen=True, slots=True)
class Route:
    """One path of the target server."""

    serve: Handler
    check: Check | None = None
    is_gateway: bool = False
    """Whether the answer to the upgrade names the gateway."""
    keepalive: Keepalive | None = None
