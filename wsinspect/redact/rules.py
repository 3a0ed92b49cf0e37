"""Where secrets stand in a text: every rule as a function from a text to hits. Nothing is remembered here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wsinspect import text as shown
from wsinspect.redact.fields import HEADER_LINE, Value, json_values, written_values
from wsinspect.redact.forms import basic, plain
from wsinspect.redact.names import looks_like_word, looks_random, named
from wsinspect.redact.shapes import seen


class Hit(NamedTuple):
    """One secret in a text."""

    start: int
    end: int
    kind: str
    """Word for the placeholder."""
    reason: str
    values: tuple[str, ...]
    """What the secret is, decoded, and what else gives it away; the first is its identity."""
    is_bare: bool = False
    """Whether it stands where JSON has a number, so that its placeholder needs quotes."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A secret that the user describes."""

    name: str
    """Word for the placeholder: lower case letters, digits and hyphens."""
    pattern: re.Pattern[str]
    """What is a secret: its first group if it has one, else all of the match."""


def hits(text: str, patterns: Sequence[Pattern] = (), *, is_cut: bool = False) -> Iterator[Hit]:
    """Every secret of a text, except those inside strings of JSON that are texts of their own."""
    for pattern in patterns:
        for match in pattern.pattern.finditer(text):
            start, end = match.span(1 if pattern.pattern.groups and match[1] is not None else 0)
            if end > start:
                yield Hit(start, end, pattern.name, "a pattern of the configuration", (text[start:end],))
    for one in seen(text, is_cut=is_cut):
        said = text[one.start : one.end]
        if one.kind == "card":
            yield Hit(*one, (re.sub("[ -]", "", said), said), is_bare=_is_bare(text, one.start, one.end))
        else:
            yield Hit(*one, (plain(said),))
    yield from _userinfo(text)
    yield from _schemes(text)
    for match in HEADER_LINE.finditer(text):
        if "cookie" in match["name"].lower() and "=" not in match["value"]:
            continue  # the word, not the header
        yield from _moved(header_hits(match["name"], match["value"]), match.start("value"))
    for value in written_values(text):
        yield from value_hits(value)


_BEFORE_BARE = re.compile(r'(?:"\s*:|[\[,])\s*\Z')
_AFTER_BARE = re.compile(r"\s*[,}\]]")


def _is_bare(text: str, start: int, end: int) -> bool:
    """Whether this is a number of JSON."""
    return bool(_BEFORE_BARE.search(text[max(0, start - 20) : start]) and _AFTER_BARE.match(text, end))


def value_hits(value: Value) -> Iterator[Hit]:
    """The secret that a named value is, or is part of."""
    about = value.about
    if about is None:
        return
    name = value.name.lower()
    is_cookie = name in ("cookie", "set-cookie") and "=" in value.said
    if is_cookie or name in ("authorization", "proxy-authorization"):
        inside = list(header_hits(name, value.said))
        if inside and value.end - value.start == len(value.said):  # written without escapes: the same offsets
            yield from _moved(inside, value.start)
            return
    scheme = found.end() if (found := _SCHEME.match(value.said)) else 0
    secret = value.said[scheme:]
    if not about.holds(secret):
        return
    # Where the value is written with escapes, its part behind the scheme cannot be told: all of it goes.
    skipped = scheme if value.end - value.start == len(value.said) else 0
    label = shown.shorten(shown.visible(value.name), 40)
    values = [secret, value.in_form[scheme:]]
    if scheme and value.said[:5].lower() == "basic":
        values = [*basic(secret), *values]
    is_bare = not value.is_string
    yield Hit(value.start + skipped, value.end, about.kind, f"a field called {label}", tuple(values), is_bare)


_SCHEME = re.compile(r"(?:Bearer|Basic|Token|ApiKey|Api-Key|Negotiate|NTLM|Key|JWT)[ \t]+", re.I)

_USERINFO = re.compile(r"(?<=://)(?P<user>[^\s/@\"'<>\\?#:]*)(?P<password>:[^\s/@\"'<>\\?#]*)?(?=@)")


def _userinfo(text: str) -> Iterator[Hit]:
    """User and password in a URL (RFC 3986 section 3.2.1)."""
    for match in _USERINFO.finditer(text):
        user, password = plain(match["user"]), plain((match["password"] or "")[1:])
        if user or password:
            values = (f"{user}:{password}", password) if password else (user,)
            yield Hit(*match.span(), "credentials", "credentials in a URL", values)


_BEARER = re.compile(r"\bBearer(?:[ \t]+|%20|\+)(?P<secret>[A-Za-z0-9._~+/%=-]{6,})", re.I)
_BASIC = re.compile(r"\bBasic(?:[ \t]+|%20|\+)(?P<secret>[A-Za-z0-9+/_-]{6,}={0,2})", re.I)


def _schemes(text: str) -> Iterator[Hit]:
    """``Bearer …`` and ``Basic …`` outside of headers (RFC 6750, RFC 7617)."""
    for match in _BEARER.finditer(text):
        if not looks_like_word(match["secret"]):
            yield Hit(*match.span("secret"), "token", "a bearer token", (plain(match["secret"]),))
    for match in _BASIC.finditer(text):
        if parts := basic(match["secret"]):
            # Only what says user:password by itself: "basic" is a word, too.
            yield Hit(*match.span("secret"), "credentials", "credentials of Basic authentication", (*parts, match[1]))


_HEAD_LINE = re.compile(
    # A folded line belongs to the header before it (RFC 9112 section 5.2).
    r"^(?P<name>[^\s:][^:\r\n]{0,200}?)[ \t]*:[ \t]*(?P<value>[^\s](?:[^\r\n]|\r?\n[ \t])*)",
    re.MULTILINE,
)


def head_hits(head: str) -> Iterator[Hit]:
    """The secrets that the headers of an HTTP head hold, as places in the head."""
    for match in _HEAD_LINE.finditer(head):
        yield from _moved(header_hits(match["name"], match["value"].rstrip()), match.start("value"))


def header_hits(name: str, value: str) -> Iterator[Hit]:
    """The secrets of one HTTP header."""
    lowered = name.lower()
    if lowered in ("authorization", "proxy-authorization"):
        yield from _authorization(name, value)
    elif lowered in ("cookie", "set-cookie"):
        yield from _cookies(name, value, only_first=lowered == "set-cookie")
    elif lowered == "sec-websocket-protocol":
        yield from protocol_hits(value)
    elif (about := named(name)) is not None and about.holds(value):
        start = found.end() if (found := _SCHEME.match(value)) else 0
        yield Hit(start, len(value), about.kind, f"the header {_header(name)}", (value[start:],))


def _header(name: str) -> str:
    return shown.shorten(shown.visible(name), 40)


_AUTHORIZATION = re.compile(r"\s*(?P<scheme>[A-Za-z][A-Za-z0-9_-]*[ \t]+)?(?P<secret>.*\S)", re.DOTALL)


def _authorization(name: str, value: str) -> Iterator[Hit]:
    match = _AUTHORIZATION.match(value)
    if match is None:
        return
    scheme = (match["scheme"] or "").strip()
    values = basic(match["secret"]) if scheme.lower() == "basic" else ()
    kind = "credentials" if values else "token"
    reason = f"the header {_header(name)}" + (f" ({scheme})" if scheme else "")
    yield Hit(*match.span("secret"), kind, reason, (*values, match["secret"]))


_COOKIE = re.compile(r"(?P<name>[^=;]*)=(?P<value>[^;]*)")


def _cookies(name: str, value: str, *, only_first: bool) -> Iterator[Hit]:
    matches = list(_COOKIE.finditer(value))
    if not matches and value.strip():
        yield Hit(0, len(value), "cookie", f"the header {_header(name)}", (value,))
    for match in matches[:1] if only_first else matches:
        secret = match["value"].strip().strip('"')
        if secret:
            start = match.start("value") + match["value"].index(secret)
            reason = f"the cookie {_header(match['name'].strip())}"
            yield Hit(start, start + len(secret), "cookie", reason, (secret, plain(secret)))


_PROTOCOL = re.compile(r"[^\s,]+")
_TOKEN_NAME = re.compile(
    r"(?:access[_-]?token|token|bearer|auth(?:orization)?|jwt|api[_-]?key|key|session|ticket)", re.I
)
_PREFIXED = re.compile(
    r"(?:.*?[._-])?(?:(?:bearer|token|jwt|auth(?:orization)?|api-?key|session|ticket)(?:\.k8s\.io)?[._:=-])+"
    r"(?P<secret>.+)",
    re.I,
)


def protocol_hits(value: str) -> Iterator[Hit]:
    """Tokens that travel as subprotocols, since a browser's WebSocket can set no header.

    Known ways: ``bearer, TOKEN``; ``access_token.TOKEN``; ``base64url.bearer.authorization.k8s.io.TOKEN``;
    ``openai-insecure-api-key.KEY``; a token alone.
    """
    before = ""
    for match in _PROTOCOL.finditer(value):
        item = match[0]
        prefixed = _PREFIXED.fullmatch(item)
        start = match.start()
        if _TOKEN_NAME.fullmatch(before) and not _TOKEN_NAME.fullmatch(item):
            yield _protocol(start, match.end(), item)
        elif prefixed and len(prefixed["secret"]) >= 8:
            yield _protocol(start + prefixed.start("secret"), match.end(), prefixed["secret"])
        elif len(item) >= 20 and looks_random(item):
            yield _protocol(start, match.end(), item)
        before = item


def _protocol(start: int, end: int, secret: str) -> Hit:
    return Hit(start, end, "token", "a token in Sec-WebSocket-Protocol", (secret, plain(secret)))


def _moved(found: Iterator[Hit] | list[Hit], by: int) -> Iterator[Hit]:
    return (hit._replace(start=hit.start + by, end=hit.end + by) for hit in found)


_WORDS_OF_SECRETS = re.compile(r"passw|secret|token|authorization|api.?key|credential|private.?key|cookie", re.I)


def names_secret(text: str) -> bool:
    """Whether something binary has a field called like a secret."""
    return bool(_WORDS_OF_SECRETS.search(text))


def inner_texts(text: str) -> Iterator[Value]:
    """Strings of JSON in a text; those that are no secrets by their name may hold some."""
    return json_values(text) if '"' in text else iter(())
