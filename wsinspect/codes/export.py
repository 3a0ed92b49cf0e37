"""A comparison as plain data with stable keys, for JSON.

A comparison has the keys ``a``, ``b`` (entries), ``key_differences``, ``when_to_use`` (lists of ``{"a", "b"}``),
``tell_apart`` (points) and ``written`` (false: composed from the facts of both). A point is
``{"text", "source", "verified"}``. What an entry holds is said at ``entry_data``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wsinspect.codes.comparison import Comparison
from wsinspect.codes.entry import CodeEntry, Point
from wsinspect.codes.loader import Contrast
from wsinspect.codes.topics import key

if TYPE_CHECKING:
    from wsinspect.codes.details import Details


def comparison_data(comparison: Comparison) -> dict[str, object]:
    """A comparison as JSON can hold it."""
    return {
        "a": entry_data(comparison.a),
        "b": entry_data(comparison.b),
        "key_differences": _rows(comparison.key_differences),
        "when_to_use": _rows(comparison.when_to_use),
        "tell_apart": _points(comparison.tell_apart),
        "written": comparison.is_written,
    }


def entry_data(entry: CodeEntry) -> dict[str, object]:
    """An entry as JSON can hold it.

    ``key`` is ``1011``, ``http:502`` or ``end:rst``; ``range`` is null, or first and last code when the code itself
    is not registered; ``sent_by``, ``fault``, ``retry`` and ``layer`` are the words of the enums in ``entry``;
    ``related`` holds keys, the closest first.
    """
    return {
        "key": entry.key,
        "name": entry.name,
        "range": list(entry.range) if entry.range else None,
        "severity": entry.severity,
        "description": entry.description,
        "when_you_see_it": _points((*entry.when, *entry.more_when)),
        "how_to_fix": _points((*entry.how, *entry.more_how)),
        "sent_by": entry.sender.value,
        "on_wire": entry.is_wire,
        "from_script": entry.is_script,
        "fault": entry.fault.value,
        "fault_text": entry.fault_text,
        "retry": entry.retry.value,
        "retry_text": entry.retry_text,
        "layer": entry.layer.value,
        "layer_text": entry.layer_text,
        "counterpart": None if entry.counterpart == "none" else entry.counterpart,
        "use": entry.use,
        "reference": entry.reference,
        "related": [key(topic) for topic in entry.related],
        "aliases": list(entry.aliases),
        "unverified": list(entry.unverified),
    }


def details_data(details: Details) -> dict[str, object]:
    """The software around a topic as JSON can hold it, under the key ``software`` of an entry.

    ``senders`` hold name, by (who may send it), reasons (``*`` for what varies; empty: none is given), why, setting
    (null when none is known), end (how its TCP ends, null when not seen), source and verified; ``refusing`` name,
    version, answers and source; ``told`` name, version, told, answered and source.
    """
    return {
        "senders": [
            {
                "name": match.emission.software,
                "by": match.emission.sender.value,
                "reasons": list(match.emission.reasons),
                "why": match.emission.why,
                "setting": match.emission.setting or None,
                "end": match.emission.end.value if match.emission.end else None,
                "source": match.emission.source,
                "verified": match.emission.is_verified,
            }
            for match in details.senders
        ],
        "refusing": [
            {"name": one.name, "version": one.version or None, "answers": one.answers or None, "source": one.source}
            for one in details.refusing
        ],
        "told": [
            {
                "name": one.name,
                "version": one.version,
                "told": one.told,
                "answered": one.answered or None,
                "source": one.source,
            }
            for one in details.told
        ],
    }


def _points(points: Sequence[Point]) -> list[dict[str, object]]:
    return [{"text": point.text, "source": point.source, "verified": point.is_verified} for point in points]


def _rows(rows: Sequence[Contrast]) -> list[dict[str, str]]:
    return [{"a": row.a, "b": row.b} for row in rows]
