"""What is said about services and applications that give a code their own meaning."""

from __future__ import annotations

from wsinspect import codes
from wsinspect.codes.reasons import Subject, subject
from wsinspect.codes.remark import Remark, RemarkKind, named, sentence
from wsinspect.codes.scene import Scene
from wsinspect.codes.vendor_entry import FIRST_FREE, RETRY_TEXTS
from wsinspect.codes.vendors import Candidate, Meaning, known
from wsinspect.model import Side, Strength
from wsinspect.text import shorten, visible

_GROUNDS = {"host": "host name", "subprotocol": "subprotocol", "message": "first messages", "path": "path"}
_LAST_SHARED = 3999
"""Up to here numbers are for libraries and frameworks, from 4000 on for applications (RFC 6455 section 7.4.2)."""
_LAST_FREE = 4999
_REGISTERED = {3000: Subject.LOGIN, 3003: Subject.FORBIDDEN}
"""What a reason is about that fits the meaning in the registry."""


def vendor(scene: Scene) -> Remark | None:
    """Who is at the other end, what it means by the code, and when to connect again."""
    if scene.vendor is None or scene.code is None:
        return None
    candidate, meaning = scene.vendor
    name = candidate.vendor.name
    strength = _strength(candidate, meaning)
    if meaning is not None:
        said = f"{meaning.name.rstrip('.')}. {meaning.meaning} Connect again: {RETRY_TEXTS[meaning.retry]}."
        more = (*filter(None, (meaning.how,)), *candidate.vendor.notes)
        if not meaning.is_verified:
            more = (*more, "What it means by the code was reported, not verified.")
    elif not candidate.is_strong:
        return None
    elif scene.code >= FIRST_FREE:
        said, more = f"its table holds no {scene.code}. Look in its newest documentation.", candidate.vendor.notes
    elif candidate.vendor.notes:
        said, more = candidate.vendor.notes[0], candidate.vendor.notes[1:]
    else:
        return None
    lead = {Strength.STRONG: "", Strength.LIKELY: "Seems to be ", Strength.POSSIBLE: "Perhaps "}[strength]
    grounds = named([_GROUNDS[ground] for ground in candidate.grounds])
    doubt = "" if candidate.is_sure else ", which proves nothing" if not candidate.is_strong else ""
    basis = (f"Recognised by its {grounds}{doubt}.", f"Known from {candidate.vendor.source}.")
    return Remark(RemarkKind.VENDOR, f"{lead}{name}: {said}", strength, more=(*more, *basis))


def ambiguous(scene: Scene) -> Remark | None:
    """3000 to 3999, of which several libraries make their own use."""
    code = scene.code
    if code is None or not scene.story.is_wire or not FIRST_FREE <= code <= _LAST_SHARED or _is_explained(scene):
        return None
    users = _users(code, scene.reason or "")
    entry = codes.lookup(code)
    more = tuple(map(_use, users))
    if entry.range is None and not users:
        return None
    if entry.range is None:
        is_fitting = code in _REGISTERED and _REGISTERED[code] is subject(scene.reason or "")
        but = "and the reason fits that; yet" if is_fitting else "but"
        use = "use it in their own way" if len({one.topic.vendor for one in users}) > 1 else "uses it in its own way"
        text = f"{code} is registered as {entry.name}, {but} {_names(users)} {use}."
        return Remark(RemarkKind.AMBIGUOUS, text, Strength.CERTAIN, not is_fitting, more)
    text = f"{code} is not registered: a library or framework of the {_whose(scene)} gives it its meaning."
    if users:
        text += f" Known users: {_names(users)}."
    return Remark(RemarkKind.AMBIGUOUS, text, Strength.CERTAIN, more=more)


def private(scene: Scene) -> Remark | None:
    """4000 to 4999, of which only the application knows the meaning."""
    code = scene.code
    if code is None or not scene.story.is_wire or not _LAST_SHARED < code <= _LAST_FREE or _is_explained(scene):
        return None
    where = f"look in the code or documentation of the {_whose(scene)}"
    if scene.subprotocol:
        where += f', or of the subprotocol "{shorten(visible(scene.subprotocol), 40)}"'
    more = []
    status = code - 4000
    if 400 <= status <= 599:
        more.append(f"It looks like HTTP {status} {codes.name(codes.HttpStatus(status))}, which proves nothing.")
    more += [f"Elsewhere: {_use(user)}" for user in _users(code, scene.reason or "")]
    text = f"{code} means what the application says: {where}."
    return Remark(RemarkKind.PRIVATE, text, Strength.CERTAIN, more=tuple(more))


def _strength(candidate: Candidate, meaning: Meaning | None) -> Strength:
    if not candidate.is_strong or (meaning is not None and not meaning.is_verified):
        return Strength.POSSIBLE
    return Strength.STRONG if candidate.is_sure else Strength.LIKELY


def _is_explained(scene: Scene) -> bool:
    """Whether the service at the other end is recognised, and its table holds the code."""
    return scene.vendor is not None and scene.vendor[0].is_strong and scene.vendor[1] is not None


def _users(code: int, reason: str) -> list[Meaning]:
    """Who is known to use a code, those first whose own reason it is."""
    return sorted(known().users(code), key=lambda one: not (one.reason and one.reason in reason))


def _names(users: list[Meaning]) -> str:
    return named([known().vendor(user.topic.vendor).name for user in users])


def _use(meaning: Meaning) -> str:
    return f"{known().vendor(meaning.topic.vendor).name}: {sentence(meaning.name)} {meaning.meaning}"


def _whose(scene: Scene) -> str:
    return "client" if scene.sender is Side.CLIENT else "server"
