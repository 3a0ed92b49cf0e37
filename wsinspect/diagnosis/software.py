"""Which software stands at an end, as far as the heads of the upgrade show it, and which setting decided the close."""

from __future__ import annotations

from urllib.parse import urlsplit

from wsinspect.codes import HttpStatus, Topic
from wsinspect.codes.emitters import senders
from wsinspect.codes.products import Emission, Product, answering, asking
from wsinspect.codes.reasons import Subject
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.model import Side


def host_of(evidence: Evidence) -> str:
    """The host that was dialled, in lower case; empty when the URL is none."""
    try:
        return urlsplit(evidence.connection.url).hostname or ""
    except ValueError:
        return ""


def products_at(evidence: Evidence, side: Side) -> tuple[Product, ...]:
    """What shows at one end; at the server's, gateways before it too."""
    return asking(evidence.request) if side is Side.CLIENT else answering(evidence.response, host_of(evidence))


def software_at(evidence: Evidence, side: Side) -> Product | None:
    """The client's or the server's own software; None when it does not show, or a gateway hides it."""
    return next((product for product in products_at(evidence, side) if not product.is_gateway), None)


def is_one_of(evidence: Evidence, side: Side, *keys: str) -> bool:
    """Whether the software at an end is one of these products."""
    found = software_at(evidence, side)
    return found is not None and found.key in keys


def emission(evidence: Evidence, topic: Topic | None = None, *, about: Subject | None = None) -> Emission | None:
    """What the catalogue knows of exactly this end: code and reason, from this software.

    Args:
        evidence: the connection.
        topic: the code or status; None for what closed it.
        about: what it is about, for ends that say nothing by themselves.

    Returns:
        None when several products end like this and neither reason nor handshake tells which it is.
    """
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None:
        return None
    if topic is None:
        topic = story.code if story.status is None else HttpStatus(story.status)
    found = [match for match in senders(topic, evidence.reason, side=closer) if match.emission.is_verified]
    if about is not None:
        found = [match for match in found if match.emission.about is about]
    shown = products_at(evidence, closer)
    named = [match.emission for match in found if match.emission.product in {product.key for product in shown}]
    # A gateway may hide the server behind it; a server that shows is who it says.
    if named or not all(product.is_gateway for product in shown):
        return named[0] if named else None
    telling = [match.emission for match in found if match.is_telling]
    return telling[0] if telling and len({one.product for one in telling}) == 1 else None


def setting_of(evidence: Evidence, topic: Topic, *, about: Subject | None = None) -> str:
    """The setting that decided this end, with its product; empty when it is not known for sure."""
    found = emission(evidence, topic, about=about)
    return f"{found.setting} ({found.software})" if found is not None and found.setting else ""
