"""Which gateways stand between wsinspect and the server, as far as the answer shows, and what limits they have.

A gateway that writes nothing into the answer cannot be seen. The limits are in data/limits.toml.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from wsinspect import text
from wsinspect.codes.patterns import fits
from wsinspect.codes.products import Product
from wsinspect.codes.tables import Table
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.software import host_of, products_at
from wsinspect.model import Side
from wsinspect.wire.handshake import ResponseHead

DATA = Path(__file__).parent / "data"


class LimitKind(StrEnum):
    """What a limit counts."""

    IDLE = "idle"
    """Silence in both directions."""
    LIFETIME = "lifetime"
    """Age, whatever flows."""


@dataclass(frozen=True, slots=True)
class Limit:
    """After how long a product or service ends a WebSocket by default."""

    product: str
    """Key of the product; empty for a service."""
    service: str
    hosts: tuple[str, ...]
    """Patterns for the host that was dialled, for a service."""
    kind: LimitKind
    seconds: int
    """0 when it has no default of its own."""
    setting: str
    """What changes it, with the product and the default."""
    early_ms: int
    """How much too early its timer may be."""
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A gateway that the capture shows."""

    name: str
    """Its product, or the name it gives itself in Via; safe to show."""
    grounds: str
    """What shows it, such as ``Via: 1.1 google``; safe to show."""
    key: str = ""
    """Key of its product; empty for one that only names itself in Via."""
    is_verified: bool = True
    """Whether what recognises it was measured or read."""


def gateways(evidence: Evidence) -> tuple[Seen, ...]:
    """The gateways before the server, in no particular order."""
    shown = [product for product in products_at(evidence, Side.SERVER) if product.is_gateway]
    found = [Seen(one.name, _grounds(evidence, one), one.key, one.is_verified) for one in shown]
    if evidence.response is not None:
        found += _named_in_via(evidence.response, found)
        if not found and is_haproxy_page(evidence):
            found.append(Seen("HAProxy", "the answer is a page of HAProxy's", "haproxy"))
        elif not found and _is_haproxy(evidence.response):
            grounds = "header names in lower case beside a server that writes them otherwise"
            found.append(Seen("HAProxy", grounds, "haproxy"))
    return tuple(found)


def is_haproxy_page(evidence: Evidence) -> bool:
    """Whether HAProxy itself wrote the answer: its own pages are all of one form (measured: 2.6.12)."""
    response, body = evidence.response, evidence.body
    if response is None or response.get("server") or any(field.name != field.name.lower() for field in response.fields):
        return False
    head = f"<html><body><h1>{evidence.connection.status} ".encode()
    return body.startswith(head) and b"</h1>\n" in body and body.endswith(b"\n</body></html>\n")


def limits(evidence: Evidence, kind: LimitKind) -> tuple[Limit, ...]:
    """The limits of every product and service in sight, verified ones first."""
    keys = {product.key for product in products_at(evidence, Side.SERVER)} | {seen.key for seen in gateways(evidence)}
    host = host_of(evidence)
    found = [
        limit
        for limit in known_limits()
        if limit.kind is kind
        and (limit.product in keys if limit.product else any(fits(pattern, host) for pattern in limit.hosts))
    ]
    return tuple(sorted(found, key=lambda limit: not limit.is_verified))


@cache
def known_limits() -> tuple[Limit, ...]:
    """Everything in the data file."""
    table = Table.read(DATA / "limits.toml")
    found = []
    for part in table.tables("limit"):
        part.text("source")
        found.append(
            Limit(
                product=part.text("product") if "product" in part else "",
                service=part.text("service") if "service" in part else "",
                hosts=part.texts("hosts"),
                kind=part.choice("kind", LimitKind),
                seconds=part.integer("seconds") if "seconds" in part else 0,
                setting=part.text("setting"),
                early_ms=part.integer("early_ms") if "early_ms" in part else 0,
                is_verified=part.boolean("verified", True),
            )
        )
        part.done()
    table.done()
    return tuple(found)


def _grounds(evidence: Evidence, product: Product) -> str:
    """The header line that shows a product, or the host."""
    for field in evidence.response.fields if evidence.response is not None else ():
        line = f"{field.name}: {field.value}"
        if any(fits(pattern, line.lower()) for pattern in product.answer):
            return text.shorten(text.visible(line), 60)
    return f"host {text.visible(host_of(evidence))}"


def _named_in_via(response: ResponseHead, found: list[Seen]) -> list[Seen]:
    """Via entries of which no product is known. Source: RFC 9110 section 7.6.3."""
    named = []
    for entry in response.get("via").split(","):
        words = entry.split()
        if len(words) >= 2 and not any(words[1].lower() in seen.grounds.lower() for seen in found):
            named.append(Seen(text.shorten(text.visible(words[1]), 30), f"Via: {text.visible(entry.strip())}"))
    return named


_TITLED = ("python/", "tornado", "aiohttp")
"""Servers that write header names with capitals, by the beginning of their Server header."""


def _is_haproxy(response: ResponseHead) -> bool:
    """HAProxy writes every header name in lower case, also those of a server that does not (measured: 2.6.12)."""
    names = [field.name for field in response.fields]
    return (
        len(names) > 2
        and all(name == name.lower() for name in names)
        and response.get("server").lower().startswith(_TITLED)
    )
