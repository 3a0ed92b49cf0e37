"""Secrets that are known by their own shape, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Shape(NamedTuple):
    """One form of secret; of a match the last group is the secret, without groups all of it."""

    kind: str
    """Word for the placeholder."""
    reason: str
    pattern: re.Pattern[str]


class Seen(NamedTuple):
    """A secret in a text."""

    start: int
    end: int
    kind: str
    reason: str


_EDGE = r"(?<![A-Za-z0-9_-])"

_PRIVATE_KEY = re.compile(
    # The line breaks may be escaped; without an end all that follows belongs to it.
    r"-{5}BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-{5}"
    r"(?:.{0,20000}?-{5}END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-{5}|[^\"']*)",
    re.DOTALL,
)

_JWT = re.compile(_EDGE + r"eyJ[A-Za-z0-9_-]{4,}={0,2}(?:(?:\.|%2[Ee])[A-Za-z0-9_-]*={0,2}){1,4}")
_JWT_CUT = re.compile(_EDGE + r"eyJ[A-Za-z0-9_-]{4,}(?=…)")
_JWT_LAST = re.compile(_EDGE + r"eyJ[A-Za-z0-9_-]{4,}\Z")


def _key(name: str, pattern: str) -> Shape:
    return Shape("key", name, re.compile(_EDGE + pattern))


SHAPES = (
    Shape("private-key", "a private key", _PRIVATE_KEY),
    Shape("token", "a JSON Web Token", _JWT),
    _key("an AWS access key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _key("a GitHub token", r"(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    _key("a GitLab token", r"gl(?:pat|dt|rt|ptt|soat|cbt|ft)-[A-Za-z0-9_.-]{16,}"),
    _key("a Slack token", r"x(?:ox[abcdeoprs]|app)-[A-Za-z0-9-]{10,}"),
    Shape("key", "a Slack webhook", re.compile(r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]{12,})")),
    Shape("key", "a Discord webhook", re.compile(r"discord(?:app)?\.com/api/webhooks/([0-9]{6,}/[A-Za-z0-9_-]{16,})")),
    _key("a Stripe key", r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}"),
    _key("a webhook signing secret", r"whsec_[A-Za-z0-9+/=]{16,}"),
    _key("an API key", r"sk-[A-Za-z0-9_-]{16,}"),
    _key("a Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    _key("a Google access token", r"ya29\.[A-Za-z0-9_.-]{16,}"),
    _key("a Google client secret", r"GOCSPX-[A-Za-z0-9_-]{20,}"),
    _key("a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _key("a Twilio key", r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
    _key("an npm token", r"npm_[A-Za-z0-9]{30,}"),
    _key("a PyPI token", r"pypi-[A-Za-z0-9_-]{16,}"),
    _key("a Hugging Face token", r"hf_[A-Za-z0-9]{20,}"),
    _key("a DigitalOcean token", r"do[opr]_v1_[a-f0-9]{32,}"),
    _key("a Discord token", r"[MNO][A-Za-z0-9_-]{22,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,45}"),
    _key("a Telegram bot token", r"[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9])"),
    _key("a Mailgun key", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),
    _key("a Shopify token", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _key("a Databricks token", r"dapi[0-9a-f]{32}"),
    _key("a Vault token", r"hv[sbr]\.[A-Za-z0-9_-]{20,}"),
    _key("a Linear key", r"lin_(?:api|oauth)_[A-Za-z0-9]{20,}"),
    _key("a Supabase key", r"sb[ps]?_(?:secret_|publishable_)?[A-Za-z0-9_]{24,}"),
    _key("a Square token", r"sq0[a-z]{3}-[A-Za-z0-9_-]{20,}"),
    _key("an age key", r"AGE-SECRET-KEY-1[0-9A-Z]{40,}"),
)
"""What is looked for everywhere. Shapes that ordinary text has too are left to the names of fields."""


def seen(text: str, *, is_cut: bool = False) -> Iterator[Seen]:
    """Every secret that its shape gives away, card numbers included.

    Args:
        text: where to look.
        is_cut: whether it is only the beginning of something longer.
    """
    for kind, reason, pattern in SHAPES:
        for match in pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            yield Seen(start, end, kind, reason)
    for pattern in (_JWT_CUT, _JWT_LAST) if is_cut else (_JWT_CUT,):
        for match in pattern.finditer(text):
            yield Seen(*match.span(), "token", "a JSON Web Token")
    yield from _cards(text)


_CARD = re.compile(r"(?<![\w.])[2-6](?:[ -]?[0-9]){12,18}(?![\w]|\.[0-9])")

_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|65\d{2}|64[4-9]\d)\d{12,15}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|62\d{14,17}"  # UnionPay
    r"|(?:50|5[6-8])\d{14,17}"  # Maestro
)
"""First digits and lengths that issuers use. Source: ISO/IEC 7812, the issuers' published ranges."""


def _cards(text: str) -> Iterator[Seen]:
    for match in _CARD.finditer(text):
        digits = re.sub("[ -]", "", match[0])
        separators = set(re.findall("[ -]", match[0]))
        if len(separators) < 2 and _ISSUERS.fullmatch(digits) and luhn(digits):
            yield Seen(*match.span(), "card", "a card number (it passes the Luhn check)")


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others. Source: ISO/IEC 7812-1 annex B."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
