"""A close and what surrounds it in its capture, made ready for what can be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from wsinspect.codes.products import Head, Product, answering, asking, is_relayed
from wsinspect.codes.shapes import Message
from wsinspect.codes.topics import HIGHEST_CODE, HttpStatus, Topic
from wsinspect.codes.vendors import Candidate, Meaning, Vendors, known, recognise
from wsinspect.model import CloseStory, Connection, Ending, LegEnd, Row, RowKind, Side

_DATA = (RowKind.TEXT, RowKind.BINARY)


@dataclass(frozen=True, slots=True)
class Scene:
    """One close, and everything that helps to say what it means."""

    story: CloseStory
    topic: Topic
    """What closed it, as the standard has it: a close code, or the status of a refused upgrade."""
    reason: str | None
    """The reason of the close frame as text that is not safe to show; None when there was no close frame."""
    subprotocol: str
    """Peer text."""
    clients: tuple[Product, ...]
    """What shows in the request: the client's library or browser."""
    has_request: bool
    """Whether there is a request in which it could show."""
    servers: tuple[Product, ...]
    """What shows in the answer, or stands at the host: the server's software, and gateways before it."""
    is_relayed: bool
    """Whether something shows in the answer that passes connections on."""
    candidates: tuple[Candidate, ...]
    """Who may be at the other end, the best grounds first."""

    @property
    def code(self) -> int | None:
        """The close code; None when the upgrade was refused."""
        return self.topic if isinstance(self.topic, int) else None

    @property
    def sender(self) -> Side | None:
        """Who closed: None when wsinspect did, or nobody can tell."""
        return None if self.story.by_us else self.story.sender

    @property
    def is_cut(self) -> bool:
        """Whether the connection was open and ended without a close frame."""
        return self.reason is None and self.story.status is None and self.story.connection.upgraded_ns is not None

    @property
    def end(self) -> Ending | None:
        """How the TCP of the side that closed came to its end."""
        found = None if self.sender is None else leg_end(self.story.connection, self.sender)
        return None if found is None else found.how

    @property
    def vendor(self) -> tuple[Candidate, Meaning | None] | None:
        """Who is most likely at the other end, and what it means by the code: one that uses the code before others."""
        code, reason = self.code, self.reason
        if code is None or reason is None:
            return None
        found = [(one, one.vendor.meaning(code, reason)) for one in self.candidates]
        found.sort(key=lambda pair: (not pair[0].is_strong, pair[1] is None))
        return found[0] if found else None

    def products(self, side: Side) -> tuple[Product, ...]:
        """What shows on one side."""
        return self.clients if side is Side.CLIENT else self.servers

    def keys(self, side: Side | None) -> frozenset[str]:
        """The keys of what shows on one side."""
        return frozenset() if side is None else frozenset(one.key for one in self.products(side))


def scene(
    connection: Connection,
    story: CloseStory,
    *,
    request: Head | None = None,
    response: Head | None = None,
    first_messages: Sequence[Row] = (),
) -> Scene | None:
    """Put together what a capture shows of a close.

    Returns:
        None when there is nothing that could be explained: an answer whose status is no HTTP status.
    """
    topic = topic_of(story)
    if topic is None:
        return None
    host, path = _target(connection)
    has_frame = connection.close_frame is not None
    servers = answering(response, host)
    return Scene(
        story=story,
        topic=topic,
        reason=story.reason.decode("utf-8", "replace") if has_frame else None,
        subprotocol=connection.subprotocol,
        clients=asking(request),
        has_request=request is not None,
        servers=servers,
        is_relayed=is_relayed(response) or any(one.is_gateway for one in servers),
        candidates=recognise(host, connection.subprotocol, path, _messages(first_messages)),
    )


def topic_of(story: CloseStory) -> Topic | None:
    """What there is to explain; None when the answer was no HTTP status, or a damaged file holds no code."""
    if story.status is not None:
        return HttpStatus(story.status) if 100 <= story.status <= 599 else None
    return story.code if 0 <= story.code <= HIGHEST_CODE else None


def own_name(connection: Connection) -> str:
    """What the service at the other end calls the code that closed a connection.

    Returns:
        Empty when the code has a meaning for all, or when the connection's record does not tell for sure who is there;
        its first messages, which may, are not looked at.
    """
    close = connection.close_frame
    code = close[1].code if close is not None else None
    if close is None or code is None or not _FIRST_OWN <= code <= _LAST_OWN:
        return ""
    return _name_at(known(), _target(connection)[0], connection.subprotocol, code, close[1].reason)


_FIRST_OWN, _LAST_OWN = 3000, 4999
"""Codes that libraries and applications give a meaning. Source: RFC 6455 section 7.4.2."""


@lru_cache(maxsize=512)
def _name_at(vendors: Vendors, host: str, subprotocol: str, code: int, reason: bytes) -> str:
    for candidate in vendors.recognise(host, subprotocol, ""):
        meaning = candidate.vendor.meaning(code, reason.decode("utf-8", "replace")) if candidate.is_strong else None
        if meaning is not None:
            return meaning.name
    return ""


def leg_end(connection: Connection, side: Side) -> LegEnd | None:
    """How the leg of one side ended."""
    return connection.client_end if side is Side.CLIENT else connection.server_end


def _target(connection: Connection) -> tuple[str, str]:
    """Host name and path that were dialled; empty where the URL is none."""
    try:
        parts = urlsplit(connection.url)
        return parts.hostname or "", parts.path or connection.path
    except ValueError:
        return "", connection.path


def _messages(rows: Sequence[Row]) -> list[Message]:
    """The data messages among some rows, in their order."""
    return [(row.side, row.head) for row in rows if row.side is not None and row.kind in _DATA]
