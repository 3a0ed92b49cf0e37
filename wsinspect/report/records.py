"""A session as records for programs: what ``--json`` prints, one object on each line.

The schema is stable: fields and events are added, never changed or removed; programs ignore what they do not know.

Every record has

- ``event``: what it is, see below
- ``time``: UTC, ISO 8601 with microseconds, such as ``2026-11-22T13:02:33.061204Z``
- ``connection``: number of the connection in the session, from 1; null for what concerns the whole session

``open``: a connection was opened. ``refused``: its upgrade was answered with something else. ``unanswered``: it was not
answered. All three have the same fields.

- ``client``, ``server``: addresses, ``host:port``; ``server`` is null when none was reached
- ``url``: the target as dialled; ``path``: path and query as the client asked for them
- ``status``: HTTP status that answered the upgrade, 101 when all is well; null when nothing came
- ``subprotocol``, ``extensions``: what the server agreed to, or null

``message``: a text or binary message is complete.

- ``row``: number of the row in its connection, from 1
- ``from``: who sent it, ``client`` or ``server``
- ``type``: ``text``, ``binary``, ``continuation`` (data that continues nothing) or ``reserved`` (an unknown opcode)
- ``size``: bytes of content, inflated; ``wire_size``: bytes on the wire, frame headers included
- ``frames``: how many frames carried it; ``compressed``: whether permessage-deflate did
- ``text``: the content, when it is text in UTF-8; else ``base64``: the content
- ``problem``: why the content is not all there (only then): larger than the printer's limit, not inflated ...
- ``violations``: rules it broke (only then), each with ``rule``, ``detail`` and ``source``
- ``mark``: what the user noted on it, may be empty (only where it is marked; so for every row)

``ping``, ``pong``: ``row``, ``from``, ``size``, ``wire_size``, ``base64`` and ``violations`` as above.

``close_frame``: one close frame, as above, with ``code`` (null when there was none) and ``reason`` for ``base64``.

``end``, ``failed``, ``truncated``, ``gap``, ``sleep``, ``note``: something happened beside the frames.
``dropped``: stands for earlier rows, which were not kept; ``data`` has ``rows``, how many.

- ``row``: as above; ``leg``: the side it happened on, ``client``, ``server`` or null
- ``data``: the facts, by event: how a leg ended and by whom; what failed, and at which stage; ...

``close``: the connection is over, both legs have ended; the last record of each connection that came so far.

- ``code``: the close code; null when the upgrade was refused, see ``status``
- ``name``: its name, such as ``Internal Error``; that of the service, where it is known who is there
- ``wire``: whether ``code`` was in a close frame; false for 1005, 1006 and 1015 when they are conclusions
- ``status``: HTTP status of a refused upgrade, else null
- ``sender``: who sent the first close frame, or refused the upgrade: ``client``, ``server``, ``wsinspect``; null where
  neither happened, see ``ends``
- ``reason``: text of the close frame
- ``handshake``: ``complete``, ``different`` (answered with another code), ``unanswered`` or ``absent``
- ``answer``: the other side's close frame as ``code`` and ``reason``, or null
- ``late_close``: a close frame that came after the other side's TCP had ended, so that it closed nothing (only then),
  as ``from``, ``code``, ``reason`` and ``after`` (seconds since that end)
- ``ends``: how TCP ended, first leg first, each with ``leg``, ``how``, ``by`` and ``time``

  - ``how``: ``fin``, ``rst``, ``timeout``, ``close_notify``, ``tls_alert`` or ``tls_truncated``
  - ``by``: ``peer``, ``relay`` where wsinspect passed on the other leg's end, ``wsinspect`` where it ended the leg of
    itself

- ``age``: seconds from opening to the first close frame, or to what came instead of one
- ``rtt``: seconds of the last ping's round trip, or null
- ``last_message``: the data message before the close as ``row``, ``from`` and ``before`` (seconds), or null
- ``messages``, ``bytes``: totals, each with ``to_server`` and ``to_client``
- ``pings_unanswered``: pings with no pong
- ``failure``: why the target was not reached, or null
- ``violations``: rules the close frame broke (only then)
- ``findings``: why it closed, as far as the capture tells: the most likely cause first, ``note`` last, each with

  - ``rule``: stable name of what was found, such as ``handler-failed``; what programs compare
  - ``cause``, ``because``, ``next_step``, ``setting``: sentences for people; the last two may be null
  - ``strength``: ``certain``, ``strong``, ``likely`` or ``possible``
  - ``topic``: what it speaks about: a code (``1011``), a status (``http:502``), a service's code (``discord:4004``)
  - ``for``: whether it speaks for that code's usual meaning, or against it
  - ``alarm``: whether something is wrong; false for a close that needs nothing
  - ``note``: whether it explains something beside the cause, such as the answer to the close
  - ``rows``, ``connections``: rows of this connection, and other connections, that it rests on
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence

from wsinspect import codes
from wsinspect.codes.scene import own_name
from wsinspect.model import (
    CloseHandshake,
    CloseStory,
    Connection,
    EndedBy,
    Finding,
    Payload,
    Row,
    RowKind,
    SeenClose,
    Side,
    State,
    Violation,
)
from wsinspect.report.lines import ends_in_order, topic
from wsinspect.wire.close import parse_close

Record = Mapping[str, object]
"""One record: JSON values by name."""


def to_line(record: Record) -> str:
    """One line of JSON without its line end: ASCII only, so that no terminal obeys what a peer sent."""
    return json.dumps(record, separators=(",", ":"))


def connection_json(connection: Connection) -> Record:
    """The record of a connection's opening."""
    return {
        **_common(_OPENED.get(connection.state, "open"), connection.opened_ns, connection.id),
        "client": connection.client,
        "server": connection.server or None,
        "url": connection.url,
        "path": connection.path,
        "status": connection.status,
        "subprotocol": connection.subprotocol or None,
        "extensions": connection.extensions or None,
    }


def row_json(row: Row, payload: Payload | None = None) -> Record:
    """The record of a row.

    Args:
        row: a message, control frame or event.
        payload: its content; None takes what the row itself carries, for a row whose ``head`` is all of it.
    """
    if row.event is not None:
        facts = row.event.data
        return {
            **_common(row.event.kind.value, row.at_ns, row.connection),
            "row": row.number,
            "leg": _label(row.side),
            "data": {name: _fact(name, fact) for name, fact in facts.items() if name not in ("side", "leg")},
            **_mark(row),
        }
    content_size = row.size if row.inflated_size is None else row.inflated_size
    payload = payload or Payload(row.head, content_size, row.problem)
    return {
        **_common(_FRAME_EVENTS.get(row.kind, "message"), row.at_ns, row.connection),
        "row": row.number,
        "from": _label(row.side),
        **({} if row.kind in _FRAME_EVENTS else {"type": row.kind.value}),
        "size": content_size,
        "wire_size": row.wire_length,
        **({} if row.kind in _FRAME_EVENTS else {"frames": row.frames, "compressed": row.is_compressed}),
        **_content(row.kind, payload),
        **_problem(payload),
        **_violations(row.violations),
        **_mark(row),
    }


def _mark(row: Row) -> Record:
    return {} if row.mark is None else {"mark": row.mark}


_OPENED = {State.REFUSED: "refused", State.FAILED: "unanswered"}
_BY = {EndedBy.PEER: "peer", EndedBy.RELAY: "relay", EndedBy.US: "wsinspect"}
_FRAME_EVENTS = {RowKind.PING: "ping", RowKind.PONG: "pong", RowKind.CLOSE: "close_frame"}


def close_json(story: CloseStory, findings: Sequence[Finding] | None = None) -> Record:
    """The record of a connection's end.

    Args:
        story: how it came to its end.
        findings: why, the most likely cause first; None leaves the field out.
    """
    connection = story.connection
    about = topic(story)
    last = story.last_message
    return {
        **_common("close", connection.closed_ns or story.at_ns, connection.id),
        "code": story.code if story.status is None else None,
        "name": own_name(connection) or (codes.name(about) if about is not None else None),
        "wire": story.is_wire and story.status is None,
        "status": story.status,
        "sender": _sender(story),
        "reason": _text(story.reason),
        "handshake": story.handshake.name.lower(),
        "answer": _seen(story.answer),
        **_late(story),
        "ends": [
            {"leg": side.label, "how": end.how.value, "by": _BY[end.by], "time": utc(end.at_ns)}
            for side, end in ends_in_order(connection, story.first_end)
        ],
        "age": _seconds(story.age_ns),
        "rtt": None if connection.rtt_ns is None else _seconds(connection.rtt_ns),
        "last_message": last and {"row": last.row, "from": last.side.label, "before": _seconds(last.before_ns)},
        "messages": {"to_server": connection.to_server.messages, "to_client": connection.to_client.messages},
        "bytes": {"to_server": connection.to_server.wire_bytes, "to_client": connection.to_client.wire_bytes},
        "pings_unanswered": connection.pings_unanswered,
        "failure": connection.failure or None,
        **_violations(story.violations),
        **({} if findings is None else {"findings": [finding_json(finding) for finding in findings]}),
    }


def _sender(story: CloseStory) -> str | None:
    """Who sent the first close frame or the refusal; nobody where TCP ended with neither."""
    if story.status is None and story.handshake is CloseHandshake.ABSENT:
        return None
    return "wsinspect" if story.by_us else _label(story.sender)


def finding_json(finding: Finding) -> Record:
    """One finding."""
    return {
        "rule": finding.rule,
        "cause": finding.cause,
        "because": finding.because,
        "strength": finding.strength.label,
        "topic": finding.topic,
        "for": finding.is_for,
        "alarm": finding.is_alarm,
        "note": finding.is_note,
        "rows": list(finding.rows),
        "connections": list(finding.others),
        "next_step": finding.next_step or None,
        "setting": finding.setting or None,
    }


def utc(at_ns: int) -> str:
    """Nanoseconds since the epoch as UTC in ISO 8601, with microseconds."""
    # A damaged file can hold any number: the years 1970 to 9999 are shown, others as the nearest of them.
    seconds, rest = divmod(max(0, min(at_ns, 253_402_300_799_999_999_999)), 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1000:06}Z"


def _common(event: str, at_ns: int, connection: int) -> dict[str, object]:
    return {"event": event, "time": utc(at_ns), "connection": connection or None}


def _content(kind: RowKind, payload: Payload) -> dict[str, object]:
    if kind is RowKind.CLOSE:
        said = parse_close(payload.data)
        return {"code": said.code, "reason": _text(said.reason)}
    if kind is RowKind.TEXT:
        try:
            return {"text": payload.data.decode()}
        except UnicodeDecodeError as error:
            # Content that was cut to the limit may end inside a character.
            if len(payload.data) < payload.total and error.reason == "unexpected end of data":
                return {"text": payload.data[: error.start].decode()}
    return {"base64": base64.b64encode(payload.data).decode()}


def _problem(payload: Payload) -> dict[str, object]:
    if payload.is_whole:
        return {}
    return {"problem": payload.problem or f"only the first {len(payload.data)} bytes are here"}


def _violations(violations: Sequence[Violation]) -> dict[str, object]:
    if not violations:
        return {}
    return {"violations": [{"rule": v.rule, "detail": v.detail, "source": v.source} for v in violations]}


def _seen(close: SeenClose | None) -> dict[str, object] | None:
    return None if close is None else {"code": close.code, "reason": _text(close.reason)}


def _late(story: CloseStory) -> Record:
    late = story.connection.late_close
    if late is None or story.connection.upgraded_ns is None:
        return {}
    side, close = late
    return {"late_close": {"from": side.label, **(_seen(close) or {}), "after": _seconds(close.at_ns - story.at_ns)}}


def _text(data: bytes) -> str:
    """Text that should be UTF-8; bytes that are not become ``\\xNN``, so that none is lost."""
    return data.decode("utf-8", "backslashreplace")


def _label(side: Side | None) -> str | None:
    return None if side is None else side.label


def _fact(name: str, fact: str | int | float | None) -> str | int | float | None:
    """An event's fact in the words of the schema."""
    return _BY[EndedBy(str(fact))] if name == "by" and fact in set(EndedBy) else fact


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / 1e9, 6)
