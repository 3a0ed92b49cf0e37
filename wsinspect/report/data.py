"""A report as one JSON object, for programs.

The schema is stable: keys are added, never changed or removed. Times are UTC in ISO 8601, durations are in seconds,
``«token-1»`` stands for a secret that is masked.

- ``wsinspect``: version that made the report; ``title``: one line of text
- ``session``: ``file`` (its name), ``source``, ``version`` (that recorded it), ``started``, ``stopped`` (null while it
  is being recorded), ``connections``, ``redacted`` (whether secrets were masked in the file itself)
- ``overview``: null for a report on one connection (and on others with marked rows), else ``connections`` and
  ``failed`` (counts) and ``groups``, each with ``count``, ``path``, ``ended`` (in words), ``failure`` (whether it is
  one), ``first``, ``last`` and ``connections`` (the newest ones)
- ``connections``: a list; of each

  - ``origin``: in a session merged of two files ``file``, ``number`` (there) and ``same_as`` (``file`` and ``number``
    of the same connection in the other file, or null); else null
  - ``number``, ``title``, ``verdict`` (sentences), ``advice`` (texts by name: ``cause`` or ``most likely``, ``next
    step`` ...)
  - ``open``, ``close``: as ``wsinspect proxy --json`` prints them; ``close`` is null while it is open
  - ``findings``: a list, each as in the ``close`` that ``wsinspect proxy --json`` prints
  - ``evidence``: a list of ``topic``, ``said``, ``for``, ``rows``
  - ``compared_with``: key of the other code, or null
  - ``messages``: the last rows as ``row``, ``time``, ``from``, ``type``, ``size``, ``content`` (one line, escaped as
    text), ``cut`` (whether there is more of it), ``mark`` (what the user noted
    on it, only where it is marked)
  - ``handshake``: ``request`` and ``response`` as lists of lines
  - ``timing``: seconds by step: ``connect``, ``tls``, ``upgrade``
  - ``commands``: lines of a shell that connect again, or null

- ``masked``: a list of ``placeholder``, ``reason``, ``places``
- ``pictures``: file names
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from wsinspect import __version__, codes, text
from wsinspect.model import Connection, Handshake, Row
from wsinspect.origin import origin_of
from wsinspect.redact import Redaction
from wsinspect.report import heads, reproduce
from wsinspect.report.document import words
from wsinspect.report.material import Capture, Group, Material
from wsinspect.report.messages import content, content_size, is_cut
from wsinspect.report.records import close_json, connection_json, finding_json, utc
from wsinspect.report.telling import advice, title, topic, verdict


def report_data(
    capture: Capture, redactions: Sequence[Redaction], title_line: str, pictures: Sequence[str]
) -> Mapping[str, object]:
    """The object; ``capture`` is masked."""
    info, seen = capture.info, capture.overview
    return {
        "wsinspect": __version__,
        "title": title_line,
        "session": {
            "file": Path(info.path).name,
            "source": info.source,
            "version": info.version,
            "started": utc(info.started_ns),
            "stopped": None if info.stopped_ns is None else utc(info.stopped_ns),
            "connections": info.connections,
            "redacted": info.is_redacted,
        },
        "overview": seen
        and {"connections": seen.count, "failed": seen.failed, "groups": list(map(_group, seen.groups[:100]))},
        "connections": list(map(_connection, capture.connections)),
        "masked": [
            {"placeholder": one.placeholder, "reason": one.reason, "places": list(one.places)}
            for one in redactions
            if one.is_on
        ],
        "pictures": list(pictures),
    }


def _group(group: Group) -> Mapping[str, object]:
    return {
        "count": group.count,
        "path": group.newest.path.partition("?")[0],
        "ended": group.how,
        "failure": group.is_failure,
        "first": utc(group.first_ns),
        "last": utc(group.last_ns),
        "connections": list(group.numbers),
    }


def _connection(material: Material) -> Mapping[str, object]:
    handshake = material.handshake or Handshake()
    about = topic(material)
    other = material.other or (next(iter(codes.related(about)), None) if about is not None else None)
    commands = reproduce.command(material)
    steps = {"connect": handshake.connect_ns, "tls": handshake.tls_ns, "upgrade": handshake.upgrade_ns}
    return {
        "number": material.connection.id,
        "title": words(title(material)),
        "origin": _origin(material.connection),
        "verdict": words(verdict(material)),
        "advice": {name.lower(): words(said) for name, said in advice(material)},
        "open": connection_json(material.connection),
        "close": material.story and close_json(material.story),
        "findings": [finding_json(found) for found in material.findings],
        "evidence": [
            {"topic": one.topic, "said": one.said, "for": one.is_for, "rows": list(one.rows)}
            for one in material.weights
        ],
        "compared_with": None if other is None else codes.key(other),
        "messages": list(map(_message, material.rows)),
        "handshake": {"request": _head(handshake.request), "response": _head(handshake.response)},
        "timing": {name: None if took is None else took / 1e9 for name, took in steps.items()},
        "commands": commands and list(commands.lines),
    }


def _origin(connection: Connection) -> Mapping[str, object] | None:
    origin = origin_of(connection.source)
    if origin is None:
        return None
    twin = {"file": origin.twin_file, "number": origin.twin} if origin.has_twin else None
    return {"file": origin.file, "number": origin.number, "same_as": twin}


def _head(raw: bytes) -> list[str]:
    return [line[2:] for line in heads.exchange(raw, b"").lines]


def _message(row: Row) -> Mapping[str, object]:
    return {
        "row": row.number,
        "time": utc(row.at_ns),
        "from": None if row.side is None else row.side.label,
        "type": row.kind.value if row.event is None else row.event.kind.value,
        "size": None if row.event is not None else content_size(row),
        "content": content(row),
        "cut": is_cut(row),
        **({} if row.mark is None else {"mark": row.mark}),
    }


_BEYOND_ASCII = re.compile(r"[^ -~\n]")

_KEPT = set("«»▲▼→·…–—’“”")


def to_json(data: Mapping[str, object]) -> str:
    """The object as text that ends with a line feed; every character that could act in a terminal is an escape."""
    return _BEYOND_ASCII.sub(_escaped, json.dumps(data, ensure_ascii=False, indent=2)) + "\n"


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    is_letter = unicodedata.category(character)[0] in "LN" and text.visible(character) == character
    if character in _KEPT or is_letter:
        return character
    return json.dumps(character)[1:-1] if ord(character) > 127 else f"\\u{ord(character):04x}"
