"""What wsinspect did itself, or met itself: never a peer's doing."""

from __future__ import annotations

from wsinspect import text
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.saying import CERTAIN, Rule, say
from wsinspect.model import EventKind, Finding

_FAILED = "wsinspect failed on this connection"
"""How the relay's note begins when its own code raised."""


def wsinspect_failed(evidence: Evidence) -> Finding | None:
    """Our own code raised while it relayed this connection."""
    for row in evidence.rows:
        said = row.event.data.get("text") if row.event is not None and row.event.kind is EventKind.NOTE else None
        if isinstance(said, str) and said.startswith(_FAILED):
            return say(
                evidence,
                "wsinspect-failed",
                CERTAIN,
                "wsinspect failed and reset both sides; neither peer closed",
                text.shorten(text.visible(said), 100),
                rows=(row,),
                do="report it with this session file; connect again",
            )
    return None


def capture_stopped(evidence: Evidence) -> Finding | None:
    """The capture was stopped while the connection was open, or waiting for its answer."""
    story = evidence.story
    if story is None or not story.by_us or (evidence.connection.status is not None and story.status is not None):
        return None
    if wsinspect_failed(evidence) is not None or evidence.connection.status_by_us:
        return None
    rows = [row for row in evidence.rows if row.event is not None and row.event.data.get("by") == "us"]
    return say(
        evidence,
        "capture-stopped",
        CERTAIN,
        "wsinspect was stopped and ended both; neither peer closed",
        "both legs were ended by wsinspect",
        rows=tuple(rows),
        do="let the capture run until the connection closes by itself",
        is_alarm=False,
    )


def request_refused_by_us(evidence: Evidence) -> Finding | None:
    """The request never left wsinspect: an unknown Host, or a head that cannot be passed on."""
    connection = evidence.connection
    if not connection.status_by_us or evidence.failed_stage or connection.status is None:
        return None
    said = evidence.body.decode("utf-8", "replace").strip().removeprefix("wsinspect: ")
    if connection.status == 421:
        cause = "wsinspect does not know the Host name that the client used"
        step = "start wsinspect with --allow-host NAME, or point the client at an address it knows"
    else:
        cause = f"wsinspect could not pass the request on (HTTP {connection.status})"
        step = "correct the request that the client sends"
    because = "; ".join(filter(None, ("the server never saw it", text.shorten(text.visible(said), 100))))
    return say(evidence, "refused-by-wsinspect", CERTAIN, cause, because, do=step)


RULES: tuple[Rule, ...] = (wsinspect_failed, capture_stopped, request_refused_by_us)
