"""Masks the secrets of everything that a report is made from, so that no renderer ever holds one.

Two passes over the same texts: a secret may stand without its name before it stands with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from wsinspect import text
from wsinspect.model import (
    CloseStory,
    Connection,
    Event,
    Finding,
    Handshake,
    Payload,
    Row,
    RowKind,
    SeenClose,
)
from wsinspect.redact import Pattern, Redaction, Redactor
from wsinspect.report.material import Capture, Material, Overview

HEAD_BYTES = 16 * 1024
"""Bytes of a head with what follows it that are looked at; the rest is left out."""

HIDDEN = "not shown: it holds a secret"
"""The problem of a row whose binary content is left out."""


def mask(
    capture: Capture, patterns: Sequence[Pattern] = (), off: Collection[str] = ()
) -> tuple[Capture, tuple[Redaction, ...]]:
    """The same without secrets, and what was masked.

    In a masked row ``head`` is the masked text and ``size`` still the size on the wire.

    Args:
        capture: as gathered.
        patterns: the user's own.
        off: keys of redactions that are switched off.
    """
    redactor = Redactor(patterns, off)
    _Masking(redactor).capture(capture)
    redactor.settle()
    return _Masking(redactor).capture(capture), redactor.redactions


def mask_one(material: Material, patterns: Sequence[Pattern] = (), off: Collection[str] = ()) -> Material:
    """One connection's material without secrets; arguments as for ``mask``."""
    redactor = Redactor(patterns, off)
    _Masking(redactor).material(material)
    redactor.settle()
    return _Masking(redactor).material(material)


class _Masking:
    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._where = ""
        """Before the name of a place, when there are several connections."""

    def capture(self, capture: Capture) -> Capture:
        several = len(capture.connections) > 1
        masked: list[Material] = []
        for material in capture.connections:
            self._where = f"connection {material.connection.id}, " if several else ""
            masked.append(self.material(material))
        self._where = ""
        info = replace(
            capture.info,
            source=self._text(capture.info.source, "source of the session"),
            notice=self._text(capture.info.notice, "notice of the session"),
        )
        return Capture(info, tuple(masked), capture.overview and self._overview(capture.overview))

    def _overview(self, overview: Overview) -> Overview:
        groups = [
            replace(group, newest=self._connection(group.newest), how=self._text(group.how, "table of connections"))
            for group in overview.groups
        ]
        return replace(overview, groups=tuple(groups))

    def material(self, material: Material) -> Material:
        connection = self._connection(material.connection)
        texts = {row.number for row in material.rows if row.kind is RowKind.TEXT}
        return replace(
            material,
            connection=connection,
            handshake=material.handshake and self._handshake(material.handshake),
            story=material.story and self._story(material.story, connection),
            findings=tuple(map(self._finding, material.findings)),
            weights=tuple(replace(one, said=self._text(one.said, "evidence")) for one in material.weights),
            path=tuple(self._text(line, "path of the close") for line in material.path),
            rows=tuple(map(self._row, material.rows)),
            sent=None if material.sent is None else tuple(map(self._row, material.sent)),
            content=material.content
            and self._content(material.content, material.content_row, is_text=material.content_row in texts),
        )

    def _connection(self, connection: Connection) -> Connection:
        return replace(
            connection,
            url=self._text(connection.url, "URL"),
            path=self._text(connection.path, "path"),
            subprotocol=self._redactor.subprotocol(connection.subprotocol, self._at("subprotocol")),
            extensions=self._text(connection.extensions, "extensions"),
            failure=self._text(connection.failure, "failure"),
            client_close=connection.client_close and self._close(connection.client_close),
            server_close=connection.server_close and self._close(connection.server_close),
        )

    def _story(self, story: CloseStory, connection: Connection) -> CloseStory:
        return replace(
            story,
            connection=connection,
            reason=self._bytes(story.reason, "close reason"),
            answer=story.answer and self._close(story.answer),
        )

    def _close(self, close: SeenClose) -> SeenClose:
        return replace(close, reason=self._bytes(close.reason, "close reason"))

    def _handshake(self, handshake: Handshake) -> Handshake:
        return replace(
            handshake,
            request=self._head(handshake.request, "request"),
            forwarded=self._head(handshake.forwarded, "request as sent on"),
            response=self._head(handshake.response, "answer"),
        )

    def _head(self, raw: bytes, name: str) -> bytes:
        is_cut = len(raw) > HEAD_BYTES
        return self._redactor.head(raw[:HEAD_BYTES], self._at(name), is_cut=is_cut)

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            cause=self._text(finding.cause, "finding"),
            because=self._text(finding.because, "finding"),
            next_step=self._text(finding.next_step, "finding"),
            setting=self._text(finding.setting, "finding"),
        )

    def _row(self, row: Row) -> Row:
        if row.mark is not None:
            row = row._replace(mark=self._text(row.mark, f"note on {row.number}"))
        if row.event is not None:
            return row._replace(event=self._event(row.event, row.number), head=b"")
        content_size = row.size if row.inflated_size is None else row.inflated_size
        is_cut = content_size > len(row.head)
        place = self._at(f"message {row.number}")
        if row.kind is RowKind.CLOSE:
            return row._replace(head=row.head[:2] + self._bytes(row.head[2:], "close reason"))
        is_packed = row.is_compressed and row.inflated_size is None
        is_text = not is_packed and (row.kind is RowKind.TEXT or is_printable(row.head, is_cut=is_cut))
        head = self._redactor.content(row.head, place, is_text=is_text, is_cut=is_cut)
        if head is None:
            return row._replace(head=b"", problem=HIDDEN)
        return row._replace(head=head, problem=self._text(row.problem, "problem"))

    def _event(self, event: Event, number: int) -> Event:
        place = f"event {number}"
        facts = {name: self._text(said, place) if isinstance(said, str) else said for name, said in event.data.items()}
        return replace(event, data=facts)

    def _content(self, payload: Payload, number: int, *, is_text: bool) -> Payload:
        is_cut = payload.total > len(payload.data)
        is_text = is_text or is_printable(payload.data, is_cut=is_cut)
        data = self._redactor.content(payload.data, self._at(f"message {number}"), is_text=is_text, is_cut=is_cut)
        if data is None:
            return replace(payload, data=b"", problem=HIDDEN)
        # The masked text has a length of its own.
        return replace(payload, data=data, total=max(payload.total, len(data) + 1) if is_cut else len(data))

    def _bytes(self, data: bytes, name: str) -> bytes:
        return self._redactor.content(data, self._at(name), is_text=True) or b""

    def _text(self, said: str, name: str) -> str:
        return self._redactor.text(said, self._at(name)) if said else ""

    def _at(self, name: str) -> str:
        return f"{self._where}{name}"


def is_printable(data: bytes, *, is_cut: bool) -> bool:
    """Whether bytes are text, line breaks and all."""
    try:
        said = data.decode()
    except UnicodeDecodeError as error:
        if not is_cut or error.reason != "unexpected end of data":
            return False
        said = data[: error.start].decode()
    return text.block(said) == said
