"""Which software stands at an end, as far as it names itself, and which of its settings decided the close."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wsinspect.codes import HttpStatus, Topic
from wsinspect.codes.emitters import Emission, senders
from wsinspect.codes.tables import Table
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.model import Side

DATA = Path(__file__).parent / "data"


@cache
def _known() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Product names, as the code catalogue's files spell them, and what their Server or User-Agent header contains."""
    table = Table.read(DATA / "software.toml")
    found = []
    for part in table.tables("software"):
        found.append((part.text("name"), part.texts("says")))
        part.done()
    table.done()
    return tuple(found)


def software_at(evidence: Evidence, side: Side) -> str:
    """The product at one end, by its Server or User-Agent header; empty when it does not say.

    A gateway that keeps the server's header hides behind it; one that replaces it hides the server.
    """
    header = evidence.answered("server") if side is Side.SERVER else evidence.asked("user-agent")
    said = header.lower()
    return next((name for name, marks in _known() if any(mark in said for mark in marks)), "")


def emission(evidence: Evidence, topic: Topic | None = None, *, about: str = "") -> Emission | None:
    """What the catalogue knows of exactly this end: code and reason, from this software.

    Args:
        evidence: the connection.
        topic: the code or status; None for what closed it.
        about: a word that the explanation must contain, for ends that say nothing by themselves.

    Returns:
        None when several products end like this and neither reason nor header tells which it is.
    """
    story, closer = evidence.story, evidence.closer
    if story is None:
        return None
    if topic is None:
        topic = story.code if story.status is None else HttpStatus(story.status)
    name = software_at(evidence, closer) if closer is not None else ""
    found = [match for match in senders(topic, evidence.reason, side=closer) if match.emission.is_verified]
    if about:
        found = [match for match in found if about in match.emission.why]
    named = [match.emission for match in found if match.emission.software == name]
    if named:
        return named[0]
    telling = [match.emission for match in found if match.is_telling]
    return telling[0] if telling and not name and len({one.software for one in telling}) == 1 else None


def setting_of(evidence: Evidence, topic: Topic, *, about: str = "") -> str:
    """The setting that decided this end, with its product; empty when it is not known for sure."""
    found = emission(evidence, topic, about=about)
    return f"{found.setting} ({found.software})" if found is not None and found.setting else ""
