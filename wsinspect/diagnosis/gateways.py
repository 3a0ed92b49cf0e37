"""Which gateways stand between wsinspect and the server, as far as the answer shows, and what limits they have.

The data is in data/gateways.toml. A gateway that writes nothing into the answer cannot be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from urllib.parse import urlsplit

from wsinspect import text
from wsinspect.codes.tables import Table
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.software import DATA
from wsinspect.wire.handshake import ResponseHead


class LimitKind(StrEnum):
    """What a limit counts."""

    IDLE = "idle"
    """Silence in both directions."""
    LIFETIME = "lifetime"
    """Age, whatever flows."""


@dataclass(frozen=True, slots=True)
class Limit:
    """After how long a product ends a WebSocket by default."""

    kind: LimitKind
    seconds: int
    setting: str
    """What changes it, with the product and the default."""
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Gateway:
    """A product that is known to cut connections, or to stand in the way."""

    name: str
    headers: tuple[str, ...]
    """Patterns for ``name: value`` in lower case."""
    hosts: tuple[str, ...]
    is_server: bool
    """Whether it is the server itself, or a service, not something before one."""
    is_verified: bool
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A gateway that the capture shows."""

    name: str
    """Its product, or the name it gives itself in Via; safe to show."""
    grounds: str
    """What shows it, such as ``Via: 1.1 google``; safe to show."""
    gateway: Gateway | None
    """None for one that only names itself in Via."""


def gateways(evidence: Evidence) -> tuple[Seen, ...]:
    """The gateways before the server, in no particular order; servers themselves are not among them."""
    found = [seen for seen in products(evidence) if seen.gateway is None or not seen.gateway.is_server]
    if evidence.response is not None:
        found += _named_in_via(evidence.response, found)
        if not found and _is_haproxy(evidence.response):
            found.append(Seen("HAProxy", "header names in lower case beside a server that writes them otherwise", None))
    return tuple(found)


def products(evidence: Evidence) -> tuple[Seen, ...]:
    """Every known product that the answer or the dialled host shows, gateways and servers."""
    lines = [] if evidence.response is None else evidence.response.fields
    host = (urlsplit(evidence.connection.url).hostname or "") if "://" in evidence.connection.url else ""
    found: list[Seen] = []
    for gateway in known():
        grounds = next(
            (
                f"{field.name}: {text.shorten(field.value, 40)}"
                for field in lines
                if any(fnmatchcase(f"{field.name}: {field.value}".lower(), pattern) for pattern in gateway.headers)
            ),
            "",
        )
        if not grounds and any(fnmatchcase(host.lower(), pattern) for pattern in gateway.hosts):
            grounds = f"host {host}"
        if grounds:
            found.append(Seen(gateway.name, text.visible(grounds), gateway))
    return tuple(found)


@cache
def known() -> tuple[Gateway, ...]:
    """Everything in the data file."""
    table = Table.read(DATA / "gateways.toml")
    found = []
    for part in table.tables("gateway"):
        found.append(
            Gateway(
                name=part.text("name"),
                headers=part.texts("headers"),
                hosts=part.texts("hosts"),
                is_server=part.boolean("is_server", False),
                is_verified=part.boolean("verified", True),
                limits=tuple(_limit(one) for one in part.tables("limit")),
            )
        )
        part.text("source")
        part.done()
    table.done()
    return tuple(found)


def _limit(part: Table) -> Limit:
    limit = Limit(
        kind=part.choice("kind", LimitKind),
        seconds=part.integer("seconds"),
        setting=part.text("setting"),
        is_verified=part.boolean("verified", True),
    )
    part.done()
    return limit


def _named_in_via(response: ResponseHead, found: list[Seen]) -> list[Seen]:
    """Via entries of which no product is known. Source: RFC 9110 section 7.6.3."""
    named = []
    for entry in response.get("via").split(","):
        words = entry.split()
        if len(words) >= 2 and not any(words[1].lower() in seen.grounds.lower() for seen in found):
            named.append(Seen(text.shorten(text.visible(words[1]), 30), f"Via: {text.visible(entry.strip())}", None))
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
