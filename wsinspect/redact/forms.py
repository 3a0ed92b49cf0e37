"""Finds a known secret again in any encoding that a report can hold.

The text is decoded step by step (percent signs, JSON and HTML escapes, one inside the other), and every character
remembers where it came from, so that what is found can be cut out of the text as it was written. Runs of base64 and
hex are looked into as well.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

ROUNDS = 3
"""How many encodings around each other are undone."""

MAX_LAYERS = 12
"""Decodings of one text that are looked into."""

LONGEST_RUN = 20_000
"""Characters of one base64 or hex run that are looked into."""


class Layer(NamedTuple):
    """A text after some decoding."""

    text: str
    starts: Sequence[int]
    """Where each character begins in the source; one more entry for the end."""
    ends: Sequence[int]
    """Where each character ends in the source."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source's part that these characters were decoded from."""
        return self.starts[start], self.ends[end - 1] if end > start else self.starts[start]


_ESCAPES = (
    re.compile(r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"),
    re.compile(
        r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
        r"|\\u(?P<four>[0-9a-fA-F]{4})|\\U(?P<eight>000[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4})|\\x(?P<two>[0-9a-fA-F]{2})"
        r"|\\(?P<one>[\"'\\/bfnrt])"
    ),
    re.compile(r"(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)"),
)
"""URLs and forms; JSON, and what ``text`` makes visible; HTML. Undone one at a time: a secret may look like another's
escape.
"""

_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def layers(text: str) -> Iterator[Layer]:
    """The text as it is, then with its encodings undone in every order, as long as there is one left."""
    waiting = [(_plain(text), 0)]
    met = {text}
    for layer, rounds in waiting:
        yield layer
        for escape in _ESCAPES if rounds < ROUNDS and len(waiting) < MAX_LAYERS else ():
            if not escape.search(layer.text):
                continue
            decoded = _decoded(layer, escape)
            if decoded.text not in met:
                met.add(decoded.text)
                waiting.append((decoded, rounds + 1))


def unescaped(written: str) -> Layer:
    """What a string of JSON says, each character with where it stands in the way it is written."""
    return _decoded(_plain(written), _ESCAPES[1])


def _plain(text: str) -> Layer:
    return Layer(text, range(len(text) + 1), range(1, len(text) + 1))


def _decoded(layer: Layer, escape: re.Pattern[str]) -> Layer:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in escape.finditer(layer.text):
        pieces.append(layer.text[at : match.start()])
        starts += layer.starts[at : match.start()]
        ends += layer.ends[at : match.start()]
        _take(layer, match, pieces, starts, ends)
        at = match.end()
    pieces.append(layer.text[at:])
    starts += layer.starts[at:]
    ends += layer.ends[at:]
    return Layer("".join(pieces), starts, ends)


def _take(layer: Layer, match: re.Match[str], pieces: list[str], starts: list[int], ends: list[int]) -> None:
    """Add what an escape stands for; each of its characters came from the source's part that encodes it."""
    run = match.groupdict().get("percent")
    parts = _percent(run) if run else [(_character(match), len(match[0]))]
    at = match.start()
    for character, length in parts:
        start, end = layer.span(at, at + length)
        pieces.append(character)
        starts += [start] * len(character)
        ends += [end] * len(character)
        at += length


def _percent(run: str) -> Iterator[tuple[str, int]]:
    """The characters of a percent-encoded run, and how many characters encode each."""
    data = bytes.fromhex(run.replace("%", ""))
    at = 0
    while at < len(data):
        lead = data[at]
        size = 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        try:
            character = data[at : at + size].decode()
        except UnicodeDecodeError:
            character, size = chr(lead), 1
        yield character, size * 3
        at += size


def _character(match: re.Match[str]) -> str:
    """What one escape of JSON or HTML stands for."""
    groups = match.groupdict()
    if groups.get("entity"):
        return html.unescape(groups["entity"])
    if groups["pair"]:
        high, low = int(groups["pair"][2:6], 16), int(groups["pair"][8:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    if groups["one"]:
        return _SHORT.get(groups["one"], groups["one"])
    return chr(int(groups["four"] or groups["eight"] or groups["two"], 16))


class Known(NamedTuple):
    """A secret to be found again."""

    number: int
    """The caller's name for it."""
    values: tuple[str, ...]
    """What it is called where, each decoded: the password alone, user and password ..."""


def is_telling(value: str) -> bool:
    """Whether a value is so long or so odd that it means the secret wherever it stands, and not just some word."""
    if value.isdigit():
        return len(value) >= 8
    return len(value) >= 8 or (len(value) >= 6 and not value.isalpha())


FEW = 24
"""Values that are looked for one after the other; of more, only those whose beginning stands in a text."""

BEGINNING = 6
"""Characters of a value's beginning that are looked for first; the least that ``is_telling`` lets one have."""


class Index:
    """Secrets to be found again; with very many of them a text takes hardly longer than with one."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._all = [
            (one.number, value, value.encode("utf-8", "surrogatepass"))
            for one in known
            for value in one.values
            if is_telling(value)
        ]
        self._is_large = len(self._all) > FEW
        self._beginnings: dict[str, list[int]] = {}
        self._raw_beginnings: dict[bytes, list[int]] = {}
        for place, (_, value, raw) in enumerate(self._all if self._is_large else ()):
            for beginning in {value[:BEGINNING], value.replace(" ", "+")[:BEGINNING]}:
                self._beginnings.setdefault(beginning, []).append(place)
            self._raw_beginnings.setdefault(raw[:BEGINNING], []).append(place)

    def __bool__(self) -> bool:
        return bool(self._all)

    def in_text(self, text: str) -> Iterable[tuple[int, str, bytes]]:
        """Number, value and value as bytes of what may stand in a text."""
        if not self._is_large:
            return self._all
        pieces = {text[at : at + BEGINNING] for at in range(len(text) - BEGINNING + 1)}
        found = {place for piece in pieces & self._beginnings.keys() for place in self._beginnings[piece]}
        return [self._all[place] for place in sorted(found)]

    def in_bytes(self, data: bytes) -> Iterable[tuple[int, str, bytes]]:
        """The same for bytes."""
        if not self._is_large:
            return self._all
        pieces = {data[at : at + BEGINNING] for at in range(len(data) - BEGINNING + 1)}
        found = {place for piece in pieces & self._raw_beginnings.keys() for place in self._raw_beginnings[piece]}
        return [self._all[place] for place in sorted(found)]


def find(text: str, index: Index) -> Iterator[tuple[int, int, int]]:
    """Every place of a known secret: start and end in the text, and the secret's number."""
    if not index:
        return
    for layer in layers(text):
        for number, value, _ in index.in_text(layer.text):
            for start, end in _places(layer.text, value):
                yield *layer.span(start, end), number
        for match, contents in _runs(layer.text):
            found = {number for data in contents for number, _, raw in index.in_bytes(data) if raw in data}
            for number in sorted(found):
                yield *layer.span(*match.span()), number


def _places(text: str, value: str) -> Iterator[tuple[int, int]]:
    spellings = {value, value.replace(" ", "+")}
    for spelling in spellings:
        at = text.find(spelling)
        while at >= 0:
            end = at + len(spelling)
            if _stands_alone(text, at, end):
                yield at, end
            at = text.find(spelling, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a short value that could be part of another word or number is not part of one."""
    value = text[start:end]
    if len(value) >= 16 or not (value.isalpha() or value.isdigit()):
        return True
    kind = str.isalpha if value.isalpha() else str.isdigit
    return not (kind(text[start - 1 : start] or " ") or kind(text[end : end + 1] or " "))


_RUN = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]{12,}")


def _runs(text: str) -> Iterator[tuple[re.Match[str], list[bytes]]]:
    """Runs that may be base64 or hex, with what they would hold."""
    for match in _RUN.finditer(text):
        run = match[0][:LONGEST_RUN].rstrip("=").replace("-", "+").replace("_", "/")
        # A run may begin with characters that do not belong to it.
        yield match, [_unbase64(run[skip:]) for skip in range(4)]
    for match in _HEX.finditer(text):
        run = match[0][:LONGEST_RUN]
        yield match, [bytes.fromhex(part[: len(part) // 2 * 2]) for part in (run, run[1:])]


def _unbase64(run: str) -> bytes:
    whole = run[: len(run) - (len(run) % 4 == 1)]
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return b""


def basic(credentials: str) -> tuple[str, ...]:
    """What is a secret in the base64 of Basic authentication: user with password, and the password (RFC 7617)."""
    pair = _unbase64(credentials.rstrip("=").replace("-", "+").replace("_", "/")).decode("utf-8", "replace")
    user, colon, password = pair.partition(":")
    return (pair, password) if colon and user.isprintable() and password.isprintable() else ()


def plain(text: str) -> str:
    """A value as it was before it was percent-encoded."""
    return unquote(text, errors="replace") if "%" in text else text
