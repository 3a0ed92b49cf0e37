"""What software has to do with a topic: who sends it, who refuses it, and what programs are told about it."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.codes.emitters import Match, answers, senders
from wsinspect.codes.receivers import Received, Receiver, Told, refusing, told
from wsinspect.codes.topics import Topic, TransportEnd, VendorCode
from wsinspect.model import Ending, Side


@dataclass(frozen=True, slots=True)
class Details:
    """The software around one topic."""

    senders: tuple[Match, ...]
    """Who sends exactly this, the most telling first."""
    refusing: tuple[Receiver, ...]
    """Who takes it for an error although it may be sent; empty for what nobody may send."""
    told: tuple[Told, ...]
    """What client libraries tell their programs."""


def details(topic: Topic, *, is_wire: bool, reason: str | None = None, side: Side | None = None) -> Details:
    """The software around a topic.

    Args:
        topic: what is explained; for an end the ways to end without a close frame are meant.
        is_wire: whether the topic may stand in a close frame (CodeEntry.is_wire).
        reason: the close reason that was seen, as text; None when none is at hand.
        side: who sent it, when that is known.
    """
    code = topic.code if isinstance(topic, VendorCode) else topic
    if isinstance(code, TransportEnd):
        found = senders(1006, reason, side=side, end=Ending(code.how), is_wire=False)
        found = tuple(match for match in found if match.emission.end is not None)  # seen to end so, not only possible
    else:
        found = senders(code, reason, side=side)
        if isinstance(code, int):
            found += answers(code, reason, side=side)
    received = _received(code)
    return Details(
        senders=found,
        refusing=refusing(code) if is_wire and isinstance(code, int) else (),
        told=told(received) if received is not None else (),
    )


def _received(topic: Topic) -> Received | None:
    """What a receiver sees of a topic: the two conclusions are no codes on the wire."""
    if topic == 1005:
        return "empty"
    if topic == 1006:
        return TransportEnd(Ending.FIN.value)
    return topic if isinstance(topic, (int, TransportEnd)) else None
