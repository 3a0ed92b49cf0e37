"""What is known of one connection and of its siblings, as of a time: everything that rules may look at.

It is bounded: a few rows at the beginning, the last ones before the end, and of other connections only what their
records in the ``connection`` table say. So it costs the same for a session of ten messages and of ten million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wsinspect.model import CloseHandshake, CloseStory, Connection, Handshake, Row, RowKind, Side
from wsinspect.wire.conversation import close_story
from wsinspect.wire.handshake import (
    MalformedHead,
    RequestHead,
    ResponseHead,
    head_end,
    parse_request,
    parse_response,
)

FIRST_ROWS = 8
"""Rows at the beginning of a connection that are looked at."""

LAST_ROWS = 200
"""Rows at its end that are looked at."""

SIBLINGS = 100
"""Connections before it, and as many after it, that are looked at."""

KEPT_ANSWER = 4096
"""Bytes of a refusal's body, or of an answer that is not HTTP, that are looked at."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts of one connection."""

    connection: Connection
    story: CloseStory | None = None
    """How it came to its end; None while nothing of it has ended."""
    request: RequestHead | None = None
    """The client's request, as it came; None when it cannot be parsed."""
    response: ResponseHead | None = None
    """The answer to it; None when there was none, or nothing like HTTP."""
    body: bytes = b""
    """The beginning of a refusal's body; without a response the beginning of what came instead."""
    timing: Handshake | None = None
    """How long the stages of the handshake took."""
    failed_stage: str = ""
    """What could not be done when the target was not reached: dns, tcp, tls or upgrade."""
    first_rows: tuple[Row, ...] = ()
    rows: tuple[Row, ...] = ()
    """The last rows, in order; they reach to the newest."""
    violation_row: Row | None = None
    """The row that broke the first rule, wherever it is."""
    unfinished: tuple[bytes, bytes] = (b"", b"")
    """The beginning of what each side's stream ended inside of, by Side."""
    sleeps: tuple[tuple[int, int], ...] = ()
    """When the machine's clock jumped while the connection lived (nanoseconds), and by how many seconds."""
    siblings: tuple[Connection, ...] = ()
    """Other connections of the session, those nearest to it in order of opening."""
    stories: tuple[CloseStory, ...] = ()
    """How those of them ended that have."""
    messages: tuple[tuple[int, Row], ...] = ()
    """The last message before the close of a few siblings that closed alike, by connection number."""

    @property
    def closer(self) -> Side | None:
        """The peer who closed first, or whose TCP ended first; None when wsinspect ended it."""
        return None if self.story is None or self.story.by_us else self.story.sender

    @property
    def is_cut(self) -> bool:
        """Whether an open connection ended without a close frame, and not by us."""
        story = self.story
        return (
            story is not None
            and not story.by_us
            and self.connection.upgraded_ns is not None
            and story.handshake is CloseHandshake.ABSENT
        )

    @property
    def code(self) -> int | None:
        """The code of the first close frame; None when there was none, or none in it."""
        return self.story.code if self.story is not None and self.story.is_wire else None

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The first rows and the last ones, each once."""
        if not self.rows:
            return self.first_rows
        return (*(row for row in self.first_rows if row.number < self.rows[0].number), *self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether every row of the connection is here."""
        return len(self.all_rows) == self.connection.rows

    @property
    def reason(self) -> str:
        """The reason of the first close frame, as text that is not safe to show."""
        return "" if self.story is None else self.story.reason.decode("utf-8", "replace")

    def asked(self, name: str) -> str:
        """A header of the request; empty when it has none."""
        return "" if self.request is None else self.request.get(name)

    def answered(self, name: str) -> str:
        """A header of the answer; empty when it has none."""
        return "" if self.response is None else self.response.get(name)


def gather(
    connection: Connection,
    story: CloseStory | None,
    *,
    handshake: Handshake | None = None,
    failed_stage: str = "",
    first_rows: Sequence[Row] = (),
    rows: Sequence[Row] = (),
    violation_row: Row | None = None,
    unfinished: tuple[bytes, bytes] = (b"", b""),
    sleeps: Sequence[tuple[int, int]] = (),
    siblings: Sequence[Connection] = (),
    messages: Sequence[tuple[int, Row]] = (),
) -> Evidence:
    """Put together what a session holds on one connection; the fields are those of Evidence."""
    response, body = _answer(handshake.response if handshake is not None else b"")
    others = tuple(sibling for sibling in siblings if sibling.id != connection.id)
    return Evidence(
        connection=connection,
        story=story,
        request=_request(handshake.request if handshake is not None else b""),
        response=response,
        body=body,
        timing=handshake,
        failed_stage=failed_stage,
        first_rows=tuple(first_rows),
        rows=tuple(rows),
        violation_row=violation_row or next((row for row in rows if row.violations), None),
        unfinished=unfinished,
        sleeps=tuple(sleeps),
        siblings=others,
        stories=tuple(found for sibling in others if (found := close_story(sibling)) is not None),
        messages=tuple(messages),
    )


def is_data(row: Row) -> bool:
    """Whether a row is a message: text, binary, or data that should not be there."""
    return row.kind in (RowKind.TEXT, RowKind.BINARY, RowKind.CONTINUATION, RowKind.RESERVED)


def _request(raw: bytes) -> RequestHead | None:
    try:
        return parse_request(raw)
    except (MalformedHead, ValueError):
        return None


def _answer(raw: bytes) -> tuple[ResponseHead | None, bytes]:
    end = head_end(raw)
    try:
        return parse_response(raw[:end] if end >= 0 else b""), raw[end : end + KEPT_ANSWER]
    except (MalformedHead, ValueError):
        return None, raw[:KEPT_ANSWER]
