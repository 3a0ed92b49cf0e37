"""Which file a connection comes from, in a session that was merged of two.

It is kept in ``Connection.source``, behind what recorded it there: ``relay/client.wsi/3``. Where the other file holds
the same connection, as another capture saw it, that follows: ``relay/client.wsi/3/server.wsi/7``. No name of a file
holds a slash. Since both numbers are those in the files, they stay true when a part of the session is exported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

FILE = "file"
"""What an event of the whole session names in a merged one: the file it comes from."""

LABEL_WIDTH = 12
"""Characters of a name that is not made shorter."""

_SEPARATORS = "-_. "


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection comes from."""

    file: str
    """Name of the file."""
    number: int
    """Its number there."""
    twin_file: str = ""
    """Name of the file that holds the same connection too; empty where none does."""
    twin: int = 0
    """Its number in that file."""

    @property
    def has_twin(self) -> bool:
        """Whether both files hold the connection."""
        return bool(self.twin_file)

    @property
    def other(self) -> Origin:
        """The same connection as the other file has it."""
        return Origin(self.twin_file, self.twin, self.file, self.number)

    def source(self, by: str) -> str:
        """As it is kept of a connection that was recorded by a ``relay`` or the like."""
        parts = [by, self.file, str(self.number)]
        return "/".join([*parts, self.twin_file, str(self.twin)] if self.has_twin else parts)


def recorded_by(source: str) -> str:
    """What recorded a connection, whether it was merged or not."""
    return source.partition("/")[0]


def origin_of(source: str) -> Origin | None:
    """Where a connection with this ``source`` comes from; None where its session was not merged."""
    match source.split("/"):
        case [_, file, number] if number.isdecimal():
            return Origin(file, int(number))
        case [_, file, number, twin_file, twin] if number.isdecimal() and twin.isdecimal():
            return Origin(file, int(number), twin_file, int(twin))
    return None


def labels(files: Sequence[str]) -> dict[str, str]:
    """Short names for files: without their ending, and without what long ones begin with in common."""
    stems = [file.removesuffix(".wsi") for file in files]
    common = sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*stems, strict=False)))
    begin = max((stems[0][:common].rfind(one) for one in _SEPARATORS), default=-1) + 1 if stems else 0
    is_long = len(stems) > 1 and any(len(stem) > LABEL_WIDTH for stem in stems)
    return {file: (stem[begin:] if is_long else "") or stem for file, stem in zip(files, stems, strict=True)}
