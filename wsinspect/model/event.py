"""What happened beside the frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What happened, for rows of kind EVENT."""

    END = "end"
    """A leg ended; data: side (the leg's peer), how (an Ending), by (an EndedBy), and where bytes received for
    that peer could not be given to it, ``undelivered``."""
    FAILED = "failed"
    """The target was not reached, TLS failed or no answer came; data: stage (dns, tcp, tls, upgrade), problem."""
    TRUNCATED = "truncated"
    """The stream ended inside a row; data: side, at, arrived, announced (-1: the header is incomplete)."""
    GAP = "gap"
    """Traffic flowed unrecorded; data: side (whose), bytes, messages, why."""
    SLEEP = "sleep"
    """The machine's clock jumped: it slept or was stopped; data: seconds."""
    NOTE = "note"
    """Something the user should know; data: text."""
    DROPPED = "dropped"
    """Stands for the first rows, which are not kept any more, and has the number of the last of them; data: rows (how
    many), before_ns (when the first row came that is kept), keep (what is kept, in words)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened beside the frames."""

    kind: EventKind
    data: Mapping[str, str | int | float | None]
    """Facts by name, as EventKind documents. Strings may come from a peer: show them through ``text``."""
