"""One leg of a connection: what the TCP link and the TLS layer above it have in common.

A leg reports each fact once and decides nothing: ``finished`` when the peer will send no more, ``lost`` when the
connection is gone. Both directions are ended by the user of the leg, never by the leg itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntFlag
from typing import Protocol

from wsinspect.model import Ending


class Hold(IntFlag):
    """Why a leg is not read; it is read again when no reason is left."""

    NONE = 0
    CLOGGED = 1
    """The other leg takes no more."""
    RECORDER = 2
    """The writer is behind."""
    INTAKE = 4
    """Enough has arrived for this stage of the exchange."""
    OVER = 8
    """Nothing that still arrives can be passed on."""


class LegUser(Protocol):
    """Who is told what happens on a leg."""

    def received(self, data: bytes) -> None:
        """Bytes arrived."""

    def finished(self, how: Ending) -> None:
        """The peer sends no more: FIN, close_notify, or a FIN without close_notify. It may still receive."""

    def lost(self, how: Ending) -> None:
        """The connection is gone in both directions: RST, timeout, or a TLS failure."""

    def relieved(self) -> None:
        """``is_clogged`` turned false, or all was sent."""

    def crashed(self, error: Exception) -> None:
        """A method of this user raised; the process must live on."""


class Leg(ABC):
    """A byte stream to one peer and back."""

    user: LegUser

    @property
    @abstractmethod
    def peer(self) -> str:
        """The peer's address, ``host:port``."""

    @property
    @abstractmethod
    def is_clogged(self) -> bool:
        """Whether so much waits to be sent that nothing more should be written for now."""

    @property
    @abstractmethod
    def is_sent(self) -> bool:
        """Whether everything written, and the end if one was asked for, is with the kernel or can go nowhere."""

    @property
    @abstractmethod
    def is_delivered(self) -> bool:
        """Whether the peer's kernel has acknowledged everything, or never will."""

    @abstractmethod
    def undelivered(self) -> int:
        """Bytes written that the peer's kernel has not acknowledged (under TLS those of the records)."""

    @abstractmethod
    def hold(self, why: Hold) -> None:
        """Do not read until this reason is released."""

    @abstractmethod
    def release(self, why: Hold) -> None:
        """Drop a reason not to read."""

    @abstractmethod
    def read_now(self, limit: int) -> None:
        """Read what has arrived, held or not, about ``limit`` bytes of it."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send, or keep until it can be sent; what a lost leg cannot take counts as undelivered."""

    @abstractmethod
    def finish(self, how: Ending = Ending.FIN) -> None:
        """Send no more, once all is sent: TLS says close_notify first unless ``how`` is TLS_TRUNCATED."""

    @abstractmethod
    def close(self) -> None:
        """Drop the socket; the kernel goes on sending what it has."""

    @abstractmethod
    def reset(self) -> None:
        """Drop the socket with an RST."""
