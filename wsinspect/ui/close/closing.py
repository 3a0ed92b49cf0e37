"""All that there is to say about how one connection closed, worked out in one go in the bridge's worker thread.

``explain`` reads and concludes; what it returns is plain values, so that drawing never waits for the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from wsinspect.codes import Topic
from wsinspect.codes.context import CloseContext, close_context
from wsinspect.diagnosis import Evidence, Path, Weighed, findings, for_and_against, path_of
from wsinspect.model import CloseStory, Connection, Finding

Weighing = tuple[Weighed, Weighed]


class Closes(Protocol):
    """Where the facts of a close are read."""

    def close_story(self, connection: int) -> CloseStory | None:
        """How a connection came to its end; None while it is open."""

    def evidence(self, connection: int) -> Evidence | None:
        """What is known of a connection and its siblings."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One close, explained."""

    story: CloseStory
    evidence: Evidence
    findings: tuple[Finding, ...]
    """The most likely cause first."""
    context: CloseContext
    path: Path
    weighed: Mapping[Topic, Weighing] = field(default_factory=dict)
    """Evidence for what closed it and for a related code, by that related code."""

    @property
    def cause(self) -> Finding | None:
        """The most likely cause; None when nothing in the capture speaks for one."""
        first = self.findings[0] if self.findings else None
        return first if first is not None and first.is_for and not first.is_note else None

    def weigh(self, other: Topic) -> Weighing | None:
        """Evidence for and against what closed it, and this other code."""
        topic = self.context.topic
        if topic is None or topic == other:
            return None
        return self.weighed.get(other) or for_and_against(self.evidence, topic, other)


def explain(reader: Closes, connection: int) -> Explained | None:
    """Read and conclude everything about one close; None while nothing of the connection has ended.

    Raises:
        SessionFileError: the file is damaged.
    """
    story = reader.close_story(connection)
    evidence = reader.evidence(connection) if story is not None else None
    if story is None or evidence is None:
        return None
    context = close_context(
        story.connection,
        story,
        request=evidence.request,
        response=evidence.response,
        first_messages=evidence.first_rows,
    )
    topic = context.topic
    weighed = {} if topic is None else {one: for_and_against(evidence, topic, one) for one in context.related}
    return Explained(story, evidence, findings(evidence), context, path_of(evidence), weighed)


def closing_row(connection: Connection, story: CloseStory | None) -> int | None:
    """Number of the row where a connection began to close; None while it has not.

    Args:
        connection: the connection as it is now.
        story: how a connection closed, as far as it was told; that of another one says nothing.

    Returns:
        The row of the close frame that closed it, or of the last message before an end without one.
    """
    if connection.closed_ns is None:
        return None
    if connection.close_frame is not None:
        return connection.close_frame[1].row
    if story is None or story.connection.id != connection.id or story.last_message is None:
        return None
    return story.last_message.row
