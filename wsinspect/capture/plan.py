"""What the parent asks the capture process for, and what it is told: values that cross the pipe as JSON lines."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from wsinspect.errors import EnvironmentProblem, SessionFileError, UsageError, WsInspectError
from wsinspect.session.recording.ring import Keep


@dataclass(frozen=True, slots=True)
class CapturePlan:
    """One relay and the file it records to."""

    file: Path
    """The session file; must not exist yet."""
    target: str
    """A ws://, wss://, http:// or https:// URL."""
    listen: tuple[str, ...] = ()
    """``HOST:PORT`` each; empty for 127.0.0.1 and ::1 on the first free port from 8080 on."""
    cert: str | None = None
    """PEM file of the listening side; without it clients speak ws://."""
    key: str | None = None
    """Its private key, when that is not in the same file."""
    insecure: bool = False
    """Whether any certificate of the target will do."""
    ca: str | None = None
    """PEM file or folder of the authorities to trust instead of the system's."""
    keep_host: bool = False
    allow_host: tuple[str, ...] = ()
    origin: str | None = None
    keep: Keep = field(default_factory=Keep)
    """How much of the recording is kept."""
    command: str = ""
    """The command line that asked for it, secrets masked."""

    def to_json(self) -> dict[str, object]:
        """As values that JSON knows."""
        return asdict(self) | {"file": str(self.file)}

    @classmethod
    def from_json(cls, data: dict[str, object]) -> CapturePlan:
        """From what ``to_json`` gave."""
        values = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        kept = Keep(**data["keep"])  # type: ignore[arg-type]  # our own JSON
        return cls(**{**values, "file": Path(str(data["file"])), "keep": kept})  # type: ignore[arg-type]  # our own JSON


@dataclass(frozen=True, slots=True)
class Started:
    """The capture runs."""

    urls: tuple[str, ...]
    """What to point a client at; the first is the one to show."""
    notices: tuple[str, ...]
    """What the user should know from the start."""
    path: Path
    """The session file."""


_KINDS: dict[str, type[WsInspectError]] = {
    kind.__name__: kind for kind in (WsInspectError, UsageError, EnvironmentProblem, SessionFileError)
}


def problem_to_json(error: WsInspectError) -> dict[str, object]:
    """An error as an answer to the parent."""
    return {
        "event": "failed",
        "kind": type(error).__name__,
        "problem": error.problem,
        "hint": error.hint,
    }


def problem_from_json(data: dict[str, object]) -> WsInspectError:
    """The error that ``problem_to_json`` described."""
    kind = _KINDS.get(str(data.get("kind")), EnvironmentProblem)
    return kind(str(data.get("problem", "")), str(data.get("hint", "")))
