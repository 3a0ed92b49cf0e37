"""The values of the catalogue: one entry per close code, range, HTTP status or abnormal end.

Facts that programs compare are enums; what people read is text from the data files.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from wsinspect.codes.topics import HttpStatus, Topic, TransportEnd, key

Severity: TypeAlias = Literal["ok", "info", "warning", "error"]


class Sender(StrEnum):
    """Who may send it. Source: RFC 6455 section 7.4.1 and the registrations of 1012-1014."""

    EITHER = "either"
    CLIENT = "client"
    SERVER = "server"
    GATEWAY = "gateway"
    """A server that relays to another one."""
    LOCAL = "local"
    """Never sent: the library on the side that reports it made it up."""
    NOBODY = "nobody"


class Fault(StrEnum):
    """On whose side to look first."""

    NOBODY = "nobody"
    SENDER = "sender"
    """The side that sent the close (or the refusal)."""
    RECEIVER = "receiver"
    """The side that got it: something that side sent, or is, was not accepted."""
    UPSTREAM = "upstream"
    """A service behind the sender."""
    PATH = "path"
    """The network, or a box between the two sides."""
    OPEN = "open"
    """It alone does not say."""


class Retry(StrEnum):
    """What a client should do about connecting again."""

    NO = "no"
    NOW = "now"
    BACKOFF = "backoff"
    """Again, after a growing and random delay."""
    AFTER_FIX = "after-fix"
    AFTER_LOGIN = "after-login"
    """Again, with new credentials."""


class Layer(StrEnum):
    """Which layer speaks."""

    FRAMING = "framing"
    MESSAGE = "message"
    APPLICATION = "application"
    SERVICE = "service"
    """The process or host as a whole: stopping, restarting, full."""
    GATEWAY = "gateway"
    TRANSPORT = "transport"
    TLS = "tls"
    HTTP = "http"
    NONE = "none"
    """No meaning is assigned."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line of When you see it or How to fix."""

    text: str
    source: str
    """How we know: ``measured …``, ``source …`` (read in the product's code), ``docs …``, ``RFC …``, ``advice``."""
    is_verified: bool = True
    """False: reported, not checked by us; the text itself says so."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """Everything the catalogue knows about one topic."""

    topic: Topic
    name: str
    """As registered, such as ``Internal Error``."""
    severity: Severity
    description: str
    """At most 120 characters."""
    when: tuple[Point, ...]
    """When you see it: one to three points of at most 90 characters."""
    how: tuple[Point, ...]
    """How to fix: one to three points of at most 90 characters."""
    more_when: tuple[Point, ...]
    more_how: tuple[Point, ...]
    sender: Sender
    is_wire: bool
    """Whether it may stand in a close frame (RFC 6455 section 7.4)."""
    is_script: bool
    """Whether a page's script may send it: WebSocket.close() takes 1000 and 3000-4999."""
    fault: Fault
    fault_text: str
    """Whose fault it is, as a clause without a dot."""
    retry: Retry
    retry_text: str
    """What a client should do about connecting again: one short line."""
    layer: Layer
    layer_text: str
    """What it speaks about, as a clause without a dot."""
    counterpart: str
    """For a close code the HTTP status that says the same (``HTTP 502``), else the close code; or ``none``."""
    use: str
    """When to send it, or what to do instead, as a clause without a dot."""
    reference: str
    """Where it is defined."""
    related: tuple[Topic, ...]
    """What it is confused with, the closest first."""
    aliases: tuple[str, ...]
    """Its names in libraries, such as ``CloseInternalServerErr``."""
    unverified: tuple[str, ...]
    """What in this entry rests on general knowledge only."""
    range: tuple[int, int] | None = None
    """First and last number of the range, when the code or status has no entry of its own."""

    @property
    def key(self) -> str:
        """Stable name: ``1011``, ``http:502``, ``end:rst``."""
        return key(self.topic)

    @property
    def label(self) -> str:
        """Short name for the screen: ``1011``, ``HTTP 502``, ``RST``, ``discord:4004``."""
        if isinstance(self.topic, HttpStatus):
            return f"HTTP {self.topic.status}"
        if isinstance(self.topic, TransportEnd):
            return self.topic.how.replace("_", " ").upper()
        return self.key

    @property
    def title(self) -> str:
        """Label and name: ``1011 Internal Error``."""
        return f"{self.label} {self.name}"

    @property
    def is_verified(self) -> bool:
        """Whether nothing in the entry rests on general knowledge only."""
        return not self.unverified

    @property
    def listed(self) -> str:
        """How a list names it: its key, or its whole range."""
        return f"{self.range[0]}-{self.range[1]}" if self.range else self.key

    @property
    def facts(self) -> tuple[str, ...]:
        """What is neither description nor advice, as sentences."""
        counterpart = () if self.counterpart == "none" else (f"Counterpart: {self.counterpart}.",)
        return (
            f"Connect again: {self.retry_text}.",
            *counterpart,
            f"Defined in: {self.reference}.",
            *(f"Not verified: {text}." for text in self.unverified),
        )
