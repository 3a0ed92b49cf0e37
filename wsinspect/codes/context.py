"""What a close means in its capture: for the panel and for reports, as plain values.

``related`` says which code to set beside the one that closed, ``close_context`` all that is known beyond the meaning
of the code itself. Both are pure: what was recorded comes in, sentences go out. Peer text in them is made safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wsinspect import codes
from wsinspect.codes.nearest import related
from wsinspect.codes.products import Head
from wsinspect.codes.remark import Remark, RemarkKind
from wsinspect.codes.scene import Scene, scene
from wsinspect.codes.software_remarks import answered, refused, sent_by
from wsinspect.codes.told_remarks import application_told
from wsinspect.codes.topics import Topic
from wsinspect.codes.vendor_entry import FIRST_FREE, RETRY_TEXTS
from wsinspect.codes.vendor_remarks import ambiguous, private, vendor
from wsinspect.codes.vendors import Candidate, Meaning
from wsinspect.model import CloseStory, Connection, Row

__all__ = ["CloseContext", "Remark", "RemarkKind", "close_context", "related"]

_SAYINGS = (vendor, ambiguous, private, answered, sent_by, refused, application_told)
"""Everything that may be said, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class CloseContext:
    """What is known about one close beyond what its code means."""

    topic: Topic | None
    """What to explain: the vendor's own code where one is recognised for sure, else the close code or the status. None
    when there is nothing to explain."""
    related: tuple[Topic, ...]
    """What to set beside it, the closest in this capture first."""
    vendor: Candidate | None
    """Who is at the other end, as far as that can be told."""
    meaning: Meaning | None
    """What that vendor means by the code."""
    retry: str
    """When to connect again: the vendor's advice where it is recognised for sure, else the code's. A clause."""
    remarks: tuple[Remark, ...]
    """What to know, the most important first; at most one of each kind."""

    def remark(self, kind: RemarkKind) -> Remark | None:
        """The remark of one kind."""
        return next((one for one in self.remarks if one.kind is kind), None)


def close_context(
    connection: Connection,
    story: CloseStory,
    *,
    request: Head | None = None,
    response: Head | None = None,
    first_messages: Sequence[Row] = (),
) -> CloseContext:
    """What is known about a close.

    Args:
        connection: the connection.
        story: how it came to its end.
        request: the head of the client's request; None when it is not known.
        response: the head of the answer; None when there was none.
        first_messages: rows from the beginning of the connection; data messages among them may show which protocol is
            spoken.
    """
    found = scene(connection, story, request=request, response=response, first_messages=first_messages)
    if found is None:
        return CloseContext(None, (), None, None, "", ())
    candidate, meaning = found.vendor or (None, None)
    is_known = candidate is not None and candidate.is_strong and meaning is not None
    topic = found.topic
    if is_known and meaning is not None and meaning.topic.code >= FIRST_FREE:
        topic = meaning.topic
    retry = codes.lookup(topic).retry_text
    if is_known and meaning is not None and meaning.is_verified:
        retry = RETRY_TEXTS[meaning.retry]
    return CloseContext(
        topic=topic,
        related=_related(found, topic, candidate.vendor.key if is_known and candidate is not None else ""),
        vendor=candidate,
        meaning=meaning,
        retry=retry,
        remarks=tuple(remark for say in _SAYINGS if (remark := say(found)) is not None),
    )


def _related(found: Scene, topic: Topic, vendor_key: str) -> tuple[Topic, ...]:
    story = found.story
    return related(
        topic,
        sender=found.sender,
        reason=found.reason if found.reason is not None or not found.is_cut else "",
        vendor=vendor_key,
        software=found.keys(found.sender),
        gateway_seen=found.is_relayed,
        end=found.end if found.is_cut else None,
        answer=story.answer.code if story.answer is not None else None,
        is_wire=story.is_wire,
    )
