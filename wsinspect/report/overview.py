"""All connections of a session in short: grouped by where they went and how they ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from wsinspect import text
from wsinspect.model import Connection
from wsinspect.report.document import Said, Table, own, peer
from wsinspect.report.material import MAX_NUMBERS, Group, Overview
from wsinspect.report.telling import PATH_WIDTH, how, is_failure
from wsinspect.report.times import stamp, time_of_day
from wsinspect.wire.conversation import close_story

MAX_GROUPS = 500
"""Groups that are kept apart; further ones are put together by how they ended."""

MAX_ROWS = 20
"""Groups of failures that the table shows."""

MAX_OTHERS = 8
"""Groups of other ends that are named."""


@dataclass(slots=True)
class _Count:
    newest: Connection
    how: str
    is_failure: bool
    numbers: list[int] = field(default_factory=list)
    count: int = 0
    first_ns: int = 0
    last_ns: int = 0


class Tally:
    """Counts connections one by one, in order of their numbers."""

    def __init__(self) -> None:
        self.count = 0
        self.failed = 0
        self._groups: dict[tuple[str, str], _Count] = {}
        self._newest_failure: tuple[int, int] = (0, 0)

    @property
    def newest_failure(self) -> int | None:
        """The number of the connection that failed last."""
        return self._newest_failure[1] or None

    def add(self, connection: Connection) -> None:
        """Take one connection."""
        story = close_story(connection)
        said = "still open" if story is None else how(story)
        bad = is_failure(story)
        key = (connection.path.partition("?")[0], said)
        if key not in self._groups and len(self._groups) >= MAX_GROUPS:
            key = ("", said)
        ended_ns = connection.closed_ns or (connection.opened_ns if story is None else story.at_ns)
        group = self._groups.setdefault(key, _Count(connection, said, bad, first_ns=ended_ns, last_ns=ended_ns))
        group.count += 1
        group.newest = connection
        group.numbers = [*group.numbers, connection.id][-MAX_NUMBERS:]
        group.first_ns, group.last_ns = min(group.first_ns, ended_ns), max(group.last_ns, ended_ns)
        self.count += 1
        self.failed += bad
        if bad:
            self._newest_failure = max(self._newest_failure, (ended_ns, connection.id))

    def overview(self) -> Overview:
        """What was counted."""
        groups = sorted(self._groups.values(), key=lambda one: (not one.is_failure, -one.last_ns))
        return Overview(
            tuple(
                Group(one.newest, one.how, one.is_failure, tuple(one.numbers), one.count, one.first_ns, one.last_ns)
                for one in groups
            ),
            self.count,
            self.failed,
        )


HEADS = ("Count", "Path", "How it ended", "When (UTC)", "Connection")


def table(overview: Overview) -> Table | None:
    """The failures; None when there are none."""
    failures = [group for group in overview.groups if group.is_failure]
    return Table(HEADS, tuple(map(_row, failures[:MAX_ROWS]))) if failures else None


def _row(group: Group) -> tuple[Said, ...]:
    begun, ended = time_of_day(group.first_ns)[:8], time_of_day(group.last_ns)[:8]
    return (
        (own(str(group.count)),),
        (peer(group.newest.path.partition("?")[0] or "/", PATH_WIDTH),),
        (own(group.how),),
        (own(ended if begun == ended else f"{begun} to {ended}"),),
        (own(("… " if group.count > len(group.numbers) else "") + ", ".join(map(str, group.numbers))),),
    )


def sentence(overview: Overview, total: int) -> str:
    """How many there are, and what became of those that did not fail."""
    others: dict[str, int] = {}
    for group in overview.groups:
        if not group.is_failure:
            others[group.how] = others.get(group.how, 0) + group.count
    counted = f"{overview.count:,} connection{'s' * (overview.count != 1)}"
    seen = f"Of the newest {counted} of {total:,}" if total > overview.count else f"Of {counted}"
    said = f"{seen}, {overview.failed:,} failed."
    if others:
        most = sorted(others.items(), key=lambda pair: -pair[1])
        named = "; ".join(f"{count:,} {name}" for name, count in most[:MAX_OTHERS])
        said += f" The others: {named}{'; …' if len(most) > MAX_OTHERS else ''}."
    left = sum(group.is_failure for group in overview.groups) - MAX_ROWS
    return said + (f" {left:,} more kinds of failures are not in the table." if left > 0 else "")


def span(overview: Overview) -> str:
    """From when to when the failures happened."""
    failures = [group for group in overview.groups if group.is_failure]
    if not failures:
        return ""
    first, last = min(group.first_ns for group in failures), max(group.last_ns for group in failures)
    if first == last:
        return stamp(first)
    return f"{stamp(first)} to {stamp(last)}, {text.duration(last - first)}"
