"""What a list of sessions says of one without reading its connections: a row of the ``capture`` table.

Every commit in which a connection closes carries it, so that it holds after a kill too. What the connections that are
open have come to so far stands in their own records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wsinspect.model import Connection
from wsinspect.wire.ended import BROKEN, BROKEN_CODE, CUT, FAILED, REFUSED, ended_as

KEY = "closed"
"""The row of the ``capture`` table."""

KINDS = 100
"""Ways to end that are told apart; peers may send thousands of codes, and the row is written with every close."""

OTHERS = "other"
"""Stands for all further ways to end."""

_WORD = re.compile(rf"[0-9]{{1,5}}|{BROKEN}|{BROKEN_CODE}[0-9]{{1,5}}|{REFUSED}[0-9]{{1,3}}|{FAILED}|{CUT}|{OTHERS}")


@dataclass(frozen=True, slots=True)
class Closed:
    """The connections of a session that are closed, in numbers."""

    count: int = 0
    messages: int = 0
    """Data messages of both sides."""
    ends: Mapping[str, int] = field(default_factory=dict)
    """How many ended in which way: the words of ``wire.ended``, and OTHERS."""

    def to_fact(self) -> str:
        """As it stands in the file."""
        return json.dumps({"count": self.count, "messages": self.messages, "ends": dict(self.ends)})

    @classmethod
    def from_fact(cls, fact: str | None) -> Closed:
        """From what stands in the file; None while nothing has closed.

        Raises:
            ValueError: the file says something else there.
        """
        if fact is None:
            return cls()
        try:
            said = json.loads(fact)
        except RecursionError:
            raise ValueError("what closed is nested too deep") from None
        ends = said.get("ends") if isinstance(said, dict) else None
        if not isinstance(ends, dict) or len(ends) > KINDS + 1:
            raise ValueError("what closed is not told as it should be")
        if not all(_WORD.fullmatch(word) for word in ends):
            raise ValueError("what closed is told in words that are none")
        numbers = [said.get("count"), said.get("messages"), *ends.values()]
        if not all(isinstance(number, int) and 0 <= number < 1 << 63 for number in numbers):
            raise ValueError("what closed is not counted in numbers")
        return cls(numbers[0], numbers[1], ends)


class ClosedTally:
    """Counts connections as they close; told of every batch once."""

    def __init__(self) -> None:
        self._count = self._messages = 0
        self._ends: dict[str, int] = {}
        self._open: set[int] = set()
        self._newest = 0

    def take(self, connections: Iterable[Connection]) -> dict[str, str]:
        """The rows of the ``capture`` table to write with a batch that carries these connections."""
        has_changed = False
        for connection in connections:
            is_new = connection.id > self._newest
            self._newest = max(self._newest, connection.id)
            if connection.closed_ns is None:
                self._open.add(connection.id)
            elif is_new or connection.id in self._open:
                # One that is closed may be told of again, where its last bytes could not be delivered.
                self._open.discard(connection.id)
                self._settle(connection)
                has_changed = True
        return {KEY: Closed(self._count, self._messages, self._ends).to_fact()} if has_changed else {}

    def _settle(self, connection: Connection) -> None:
        self._count += 1
        self._messages += connection.to_server.messages + connection.to_client.messages
        end = ended_as(connection)
        if end not in self._ends and len(self._ends) >= KINDS:
            end = OTHERS
        self._ends[end] = self._ends.get(end, 0) + 1
