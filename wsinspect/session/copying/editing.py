"""What a copy of a session changes on the way; by default nothing."""

from __future__ import annotations

from typing import Protocol

from wsinspect.model import Connection, Event, Mark, Side
from wsinspect.session.copying.carrying import MISSING
from wsinspect.session.copying.source import Part, Upgrade
from wsinspect.session.copying.steps import Read
from wsinspect.session.stored.found import FoundRow
from wsinspect.session.stored.inflating import InflatedMessage


class Editing(Protocol):
    """Says how what is read becomes what is written."""

    def grown(self, connection: int) -> tuple[int, int]:
        """How many bytes longer than they were the streams of a connection are, by Side."""

    def text(self, text: str, place: str) -> str:
        """A text of the session; ``place`` says in words where it stands."""

    def connection(self, connection: Connection) -> Connection:
        """What is said of a connection as a whole."""

    def upgrade(self, upgrade: Upgrade, connection: int) -> Upgrade:
        """How it was opened."""

    def event(self, event: Event, connection: int) -> Event:
        """Something that happened; connection 0 is the whole session."""

    def mark(self, mark: Mark) -> Mark:
        """What the user said about a row."""

    def look_at(self, connection: Connection, part: Part) -> None:
        """These are the next bytes of a connection."""

    def read(self, connection: int, read: Read) -> bytes:
        """The bytes to write for those that were read."""

    def go_on(self, connection: int, side: Side, at: int, state: bytes) -> bytes:
        """A stream goes on at another offset, where the row scanner knew ``state``; returns what the copy's knows."""

    def inflated(self, connection: Connection, part: Part, found: FoundRow) -> InflatedMessage:
        """What a compressed message holds."""

    def closing_notes(self, connection: int) -> list[str]:
        """What is to be said behind the last row of a connection; it is not asked about again."""


class Unedited:
    """Changes nothing."""

    def grown(self, connection: int) -> tuple[int, int]:
        """None at all."""
        return 0, 0

    def text(self, text: str, place: str) -> str:
        """As it is."""
        return text

    def connection(self, connection: Connection) -> Connection:
        """As it is."""
        return connection

    def upgrade(self, upgrade: Upgrade, connection: int) -> Upgrade:
        """As it is."""
        return upgrade

    def event(self, event: Event, connection: int) -> Event:
        """As it is."""
        return event

    def mark(self, mark: Mark) -> Mark:
        """As it is."""
        return mark

    def look_at(self, connection: Connection, part: Part) -> None:
        """Nothing to look for."""

    def read(self, connection: int, read: Read) -> bytes:
        """As they are."""
        return read.data

    def go_on(self, connection: int, side: Side, at: int, state: bytes) -> bytes:
        """As it is."""
        return state

    def inflated(self, connection: Connection, part: Part, found: FoundRow) -> InflatedMessage:
        """As it was kept."""
        return part.segment.inflated.get((found.side, found.scanned.at), MISSING)

    def closing_notes(self, connection: int) -> list[str]:
        """None."""
        return []
