"""Which names hold secrets: of headers, JSON and form fields, query parameters.

A name is looked at word by word, however it is spelt (``accessToken``, ``access_token``, ``X-Access-Token``). Some
names always hold a secret; others (``key``, ``session``) only when the value looks like one, so that
``"key": "ArrowUp"`` stays readable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_COMPOUND = re.compile(
    r"passw(?:or)?d|passphrase|passcode|apikey|accesskey|privatekey|secret|credential|authorization|sessiontoken"
    r"|accesstoken|refreshtoken|authtoken|sessid|sessionid|subscriptionkey|signingkey|encryptionkey|masterkey"
)
"""Names that hold a secret wherever these stand in them, written together."""

_ALWAYS = {"pwd", "pass", "psk", "jwt", "bearer", "cookie", "cookies", "token", "secrets", "sid"}
"""Last words of names whose value is a secret."""

_KEY_OWNERS = {"api", "access", "private", "secret", "auth", "subscription", "functions", "service", "account", "host"}
"""Before ``key``, these make it a secret."""

_SOMETIMES = {"key", "keys", "auth", "session", "signature", "sig", "hmac", "ticket", "tokens", "nonce", "code", "hash"}
"""Last words of names whose value is a secret when it looks like one."""

_DIGITS = {"pin", "otp", "totp", "cvv", "cvc", "cvv2", "csc", "mfa", "2fa"}
"""Words of names whose value is a secret of a few digits."""

_ABOUT = {
    *("type", "name", "expires", "expiry", "expiration", "expire", "ttl", "url", "uri", "endpoint", "count", "length"),
    *(
        "len",
        "limit",
        "used",
        "usage",
        "policy",
        "hint",
        "required",
        "enabled",
        "status",
        "valid",
        "in",
        "at",
        "method",
    ),
    *("scheme", "algorithm", "alg", "version", "error", "reset", "changed", "min", "max", "size"),
}
"""Last words of names that only speak about a secret: ``token_type``, ``password_required``."""

_NO_SECRETS = {
    *("sec-websocket-key", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-version"),
    *("idempotency-key", "x-idempotency-key", "surrogate-key", "key-type", "publickey", "public-key", "public_key"),
}
"""Names that look like secrets and are none."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says about its value."""

    kind: str
    """Word for the placeholder: ``password``, ``token``, ``key``, ``cookie``, ``code`` or ``secret``."""
    always: bool
    """Whether any value is a secret; else only one that looks like one."""
    digits: bool = False
    """Whether a few digits are enough to be one."""

    def holds(self, value: str) -> bool:
        """Whether this value, decoded, is a secret."""
        if self.digits and value.isdigit():
            return 3 <= len(value) <= 10
        if value.isdigit():
            return self.kind == "password" or (self.always and len(value) >= 6)
        if self.always:
            return bool(value.strip()) and (self.kind != "token" or not re.search(r"\s", value))
        return looks_random(value)


@lru_cache(maxsize=4096)
def named(name: str) -> Named | None:
    """What a name says about its value; None when it is no secret's name."""
    if len(name) > 100 or name.lower() in _NO_SECRETS:
        return None
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or words[-1] in _ABOUT:
        return None
    last, joined = words[-1], "".join(words)
    if _COMPOUND.search(joined) or last in _ALWAYS or (last in ("key", "keys") and _KEY_OWNERS & set(words)):
        return Named(_kind(words), always=True)
    if _DIGITS & set(words):
        return Named("code", always=False, digits=True)
    # Names written together in lower case: csrftoken, authtoken, xsrfcookie.
    if last.endswith(("token", "passwd", "pwd", "cookie")):
        return Named(_kind(words), always=True)
    return Named(_kind(words), always=False) if last in _SOMETIMES else None


def _kind(words: list[str]) -> str:
    joined = "".join(words)
    for kind, marks in (
        ("password", ("passw", "passphrase", "passcode", "pwd", "psk")),
        ("cookie", ("cookie",)),
        ("token", ("token", "jwt", "bearer", "auth", "sess", "sid", "sig", "hmac", "nonce", "ticket")),
        ("key", ("key",)),
    ):
        if any(mark in joined for mark in marks):
            return kind
    return "password" if words[-1] == "pass" else "secret"


_RANDOM = re.compile(r"[A-Za-z0-9+/=_.~-]{12,}")
_TURN = re.compile(r"[A-Za-z][0-9]|[0-9][A-Za-z]|[a-z][A-Z]")


def looks_random(value: str) -> bool:
    """Whether a value looks made by a machine to be hard to guess: long, one piece, letters and digits mixed."""
    return bool(_RANDOM.fullmatch(value)) and len(_TURN.findall(value)) >= 3


_WORD = re.compile(r"[A-Za-z]?[a-z]{0,15}[.,;:!]?")


def looks_like_word(value: str) -> bool:
    """Whether a value is just a word of a sentence, as in ``token expired``."""
    return bool(_WORD.fullmatch(value))
