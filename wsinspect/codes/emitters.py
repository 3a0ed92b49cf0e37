"""Which software sends exactly this code and reason, why, and which setting changes it.

The data is that of ``products``. A reason there is the text as it is sent, with ``*`` for what varies; without reasons
the product sends none.
"""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.codes.entry import Sender
from wsinspect.codes.patterns import fits
from wsinspect.codes.products import Emission, products
from wsinspect.codes.topics import Topic
from wsinspect.model import Ending, Side

__all__ = ["Emission", "Match", "answers", "emissions", "senders"]

_ALIKE = {Ending.CLOSE_NOTIFY: Ending.FIN, Ending.TLS_TRUNCATED: Ending.FIN}
"""Ends that an application brings about in the same way; what TLS adds depends on its library."""


@dataclass(frozen=True, slots=True)
class Match:
    """An emission that fits what was seen."""

    emission: Emission
    is_telling: bool
    """Whether the reason text names it, not the code alone."""


def senders(
    topic: Topic,
    reason: str | None = None,
    *,
    side: Side | None = None,
    end: Ending | None = None,
    is_wire: bool | None = None,
) -> tuple[Match, ...]:
    """Known software that ends a connection exactly so, the most telling first; only the telling ones if there are any.

    What only ever answers the other side's close is not among them: see ``answers``.

    Args:
        topic: the code on the wire, 1005 or 1006 as conclusions, or an HTTP status.
        reason: the close reason as text; None when it is not known, so that any will do.
        side: who sent it, when that is known.
        end: how the sender's TCP ended, when that is known.
        is_wire: whether the code stood in a close frame; None when that is not known.
    """
    found = [emission for emission in emissions() if not emission.is_answer and _may(emission, topic, side)]
    if end is not None:
        found = [one for one in found if one.end in (None, _ALIKE.get(end, end))]
    if is_wire is not None and topic == 1006:
        found = [one for one in found if one.is_wire == is_wire]
    return _best(found, reason, end)


def answers(code: int, reason: str | None = None, *, side: Side | None = None) -> tuple[Match, ...]:
    """Known software that answers the other side's close so, as ``senders``.

    Args:
        code: the code of the second close frame; 1005 when it was empty.
        reason: its reason as text.
        side: who sent it.
    """
    return _best([emission for emission in emissions() if emission.is_answer and _may(emission, code, side)], reason)


def emissions() -> tuple[Emission, ...]:
    """Everything known, by product."""
    return tuple(emission for product in products() for emission in product.emissions)


def _best(found: list[Emission], reason: str | None, end: Ending | None = None) -> tuple[Match, ...]:
    """The most telling first; then what was verified, then that whose end of TCP was seen to be the same."""
    weighed = [(weight, emission) for emission in found if (weight := _weight(emission, reason)) is not None]
    weighed.sort(key=lambda pair: (-pair[0], not pair[1].is_verified, end is not None and pair[1].end is None))
    best = [Match(emission, weight > 0) for weight, emission in weighed]
    return tuple([match for match in best if match.is_telling] or best)


def _may(emission: Emission, topic: Topic, side: Side | None) -> bool:
    """Whether a product sends the topic, and can stand on this side; gateways stand on both."""
    if emission.topic != topic:
        return False
    if side is None or emission.sender in (Sender.EITHER, Sender.GATEWAY):
        return True
    return emission.sender is (Sender.CLIENT if side is Side.CLIENT else Sender.SERVER)


def _weight(emission: Emission, reason: str | None) -> int | None:
    """How much the reason speaks for an emission: its literal characters; None when it does not fit."""
    if reason is None:
        return 0
    if not emission.reasons:
        return None if reason else 0
    fitting = [pattern for pattern in emission.reasons if reason and fits(pattern, reason)]
    return max((len(pattern.replace("*", "")) for pattern in fitting), default=None)
