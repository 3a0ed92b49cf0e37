"""What is said about software: who ends connections exactly so, and what the other side's answer means."""

from __future__ import annotations

from collections.abc import Sequence

from wsinspect import codes
from wsinspect.codes.emitters import Emission, Match, answers, senders
from wsinspect.codes.products import product
from wsinspect.codes.receivers import Receiver, at, refusing, standing
from wsinspect.codes.remark import Remark, RemarkKind, named
from wsinspect.codes.scene import Scene
from wsinspect.codes.topics import HttpStatus
from wsinspect.model import CloseHandshake, Side, Strength

_NO_CODE = 1005
_MOST_REASONS = 2
"""Ways of one product that the short text names; the others are in ``more``."""


def sent_by(scene: Scene) -> Remark | None:
    """Which known software ends a connection exactly so, why, and which setting changes it."""
    if scene.sender is None or not _is_explicable(scene):
        return None
    keys = scene.keys(scene.sender)
    found = [match for match in _ending_so(scene) if _may_be(match, scene)]
    # What is only reported stands in ``more``, and says so itself.
    matches = [match for match in found if match.emission.is_verified]
    shown = [match for match in matches if match.emission.product in keys]
    if matches and matches[0].is_telling:
        text, strength = _exactly(shown or matches, is_shown=bool(shown))
    elif shown:
        text, strength = _habits(scene, shown), Strength.LIKELY
    elif matches and not scene.reason and not _is_server_shown(scene):
        products = named([match.emission.software for match in matches])
        text, strength = f"Known to {_verb(scene)[0]}: {products}.", Strength.POSSIBLE
    else:
        return None
    others = [match for match in found if match not in shown]
    more = tuple(_line(match.emission) for match in (*shown, *others))
    return Remark(RemarkKind.SENDERS, text, strength, strength > Strength.POSSIBLE, more)


def _ending_so(scene: Scene) -> tuple[Match, ...]:
    return senders(
        scene.topic,
        scene.reason or "",
        side=scene.sender,
        end=scene.end if scene.is_cut else None,
        is_wire=scene.story.is_wire,
    )


def _is_explicable(scene: Scene) -> bool:
    """Whether the close was one, and not half of one, or an upgrade without an answer."""
    if scene.code == _NO_CODE and scene.story.violations:
        return False
    return scene.story.status is not None or scene.story.connection.upgraded_ns is not None


def _may_be(match: Match, scene: Scene) -> bool:
    """Whether an emission can have been here at all, by what is and is not in the capture."""
    emission = match.emission
    if scene.is_cut and emission.is_closing:
        return False  # it would have sent a close frame before
    if scene.sender is Side.SERVER:
        return True
    source = product(emission.product)
    if source.is_gateway:
        return False  # nothing shows what stands before the client, and as a rule nothing does
    return not (source.is_always_shown and scene.has_request and source not in scene.clients)


def _is_server_shown(scene: Scene) -> bool:
    """Whether the server names software that is not known to end connections so: then others are no explanation."""
    return scene.sender is Side.SERVER and any(one.emissions and not one.is_gateway for one in scene.servers)


def _exactly(matches: Sequence[Match], *, is_shown: bool) -> tuple[str, Strength]:
    """The reason is, word for word, that of known software."""
    names = list(dict.fromkeys(match.emission.software for match in matches))
    whys = list(dict.fromkeys(match.emission.why for match in matches))
    lead = f"Sent exactly so by {named(names)}"
    strength = Strength.STRONG if is_shown or len(names) == 1 else Strength.LIKELY
    if len(whys) > 1:
        return f"{lead}.", strength
    setting = matches[0].emission.setting if len(matches) == 1 else ""
    return f"{lead}: {whys[0]}." + (f" Setting: {setting}." if setting else ""), strength


def _habits(scene: Scene, matches: Sequence[Match]) -> str:
    """The handshake names software of which it is known when it ends connections so."""
    first = matches[0].emission
    whys = [match.emission.why for match in matches if match.emission.product == first.product]
    head = "request" if scene.sender is Side.CLIENT else "answer"
    when = ", or when ".join([*whys[:_MOST_REASONS], *(["in other cases"] if len(whys) > _MOST_REASONS else [])])
    when = when.replace(", or when in other cases", ", or in other cases")
    setting = f" Setting: {first.setting}." if first.setting and len(whys) == 1 else ""
    return f"{first.software}, which shows in the {head}, {_verb(scene)[1]} when {when}.{setting}"


def _verb(scene: Scene) -> tuple[str, str]:
    """What the closing side did, as infinitive and in the third person."""
    if isinstance(scene.topic, HttpStatus):
        return f"answer {scene.topic.status}", f"answers {scene.topic.status}"
    if scene.is_cut:
        return "end TCP without a close frame", "ends TCP without a close frame"
    if not scene.story.is_wire:
        return "close without a code", "closes without a code"
    how = "with such a reason" if scene.reason else "without a reason"
    return f"send {scene.topic} {how}", f"sends {scene.topic} {how}"


def _line(emission: Emission) -> str:
    return f"{emission.software}: {emission.why}." + (f" Setting: {emission.setting}." if emission.setting else "")


def answered(scene: Scene) -> Remark | None:
    """What another code in the answer says: as a rule nothing about the cause."""
    story = scene.story
    if story.answer is None or story.handshake is not CloseHandshake.DIFFERENT or scene.sender is None:
        return None
    code = _NO_CODE if story.answer.code is None else story.answer.code
    who, shown = scene.sender.other.label, "empty close" if story.answer.code is None else str(code)
    refusers = refusing(scene.code, scene.sender.other) if story.is_wire and scene.code is not None else ()
    matches = answers(code, story.answer.reason.decode("utf-8", "replace"), side=scene.sender.other)
    if code in (1002, _NO_CODE) and refusers:
        text = f"The {who}'s {shown} only says that it does not accept {scene.code}: the first close is the cause."
        strength = Strength.STRONG if code == 1002 else Strength.LIKELY
    elif code in (1000, _NO_CODE) and matches:
        names = named([match.emission.software for match in matches])
        text = f"The {who}'s {shown} is no second opinion: some libraries answer any close so, such as {names}."
        strength = Strength.LIKELY
    else:
        return None
    return Remark(RemarkKind.ANSWER, text, strength, more=tuple(_line(match.emission) for match in matches))


def refused(scene: Scene) -> Remark | None:
    """Which receivers do not accept the code, and what they answer."""
    code, story = scene.code, scene.story
    if code is None or not story.is_wire or scene.sender is None:
        return None
    side = scene.sender.other
    found = refusing(code, side)
    if not found:
        return None
    mine = at(found, scene.keys(side))
    is_accepted = story.handshake is CloseHandshake.COMPLETE
    few = f"such as {named([one.name for one in found])}" if len(found) > 1 else f"namely {found[0].name}"
    count = f"{len(found)} of {len(standing(side))} known {side.label} libraries"
    strength = Strength.CERTAIN
    if is_accepted:
        text = f"The {side.label} accepted {code}; {count} do not, {few}."
    elif mine:
        text = f"{mine[0].name}, which shows on the {side.label}'s side, does not accept {code}"
        text += f": it answers {mine[0].answers}." if mine[0].answers else "."
        strength = Strength.LIKELY
    elif not codes.lookup(code).is_wire:
        text = f"{code} may not stand in a close frame: {count} refuse it, {few}."
    else:
        text = f"{count} do not accept {code}, {few}."
    return Remark(RemarkKind.REFUSED, text, strength, not is_accepted, tuple(map(_refusal, found)))


def _refusal(receiver: Receiver) -> str:
    return f"{receiver.name}: answers {receiver.answers}." if receiver.answers else f"{receiver.name}."
