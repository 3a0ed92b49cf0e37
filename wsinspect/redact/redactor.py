"""Masks secrets and remembers them: the same secret gets the same placeholder wherever it stands.

What goes in is raw text and goes in once; what comes out is not safe to show yet, that is ``text``'s work. A secret
may stand in one place by its name and in another without one, before or after: ``settle`` makes a second pass over
the same texts mask both.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from wsinspect import text as shown
from wsinspect.redact import forms
from wsinspect.redact.fields import Value
from wsinspect.redact.rules import Hit, Pattern, header_hits, hits, inner_texts, names_secret, protocol_hits, value_hits

MAX_DEPTH = 4
"""Texts inside strings of JSON inside strings of JSON that are looked into."""

MAX_PLACES = 10
"""Places that are named of one secret."""

_PROCESS = secrets.token_bytes(16)
"""Makes the keys of redactions worthless to others: they are digests of the secrets."""

PLACEHOLDER = re.compile(r"«([a-z][a-z0-9-]*-[0-9]+)»")
"""What stands for a secret. Where a peer's own text looks like one, its first character is escaped."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """One secret that is masked, or was switched off; tells nothing of the secret itself."""

    kind: str
    """Word for what it is: ``token``."""

    key: str
    """Names the secret within this process, whatever is masked around it: for a set of switched-off ones."""
    placeholder: str
    """``«token-1»``."""
    reason: str
    """Why it is taken for a secret; safe to show."""
    places: tuple[str, ...]
    """Where it stands, the first MAX_PLACES; empty when the caller named none."""
    count: int
    """How often."""
    is_on: bool
    """Whether it is masked."""


@dataclass(slots=True)
class _Secret:
    kind: str
    key: str
    is_partial: bool
    """Whether only its beginning was seen, at the end of a text that was cut."""
    values: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    count: int = 0
    placeholder: str = ""


class Edit(NamedTuple):
    """A part of a text, and what stands there instead."""

    start: int
    end: int
    said: str | None
    """None leaves it as it is: what was found there is switched off."""
    secret: _Secret | None = None

    def covers(self, start: int, end: int, secret: _Secret | None = None) -> bool:
        """Whether there is nothing left to do there, for any secret or for this one."""
        is_done = self.said is not None or (secret is not None and self.secret is secret)
        return is_done and self.start <= start and end <= self.end


class _Inner(Protocol):
    """Says what is masked in a string of JSON, as edits of the text around."""

    def __call__(self, value: Value, place: str, *, is_cut: bool) -> list[Edit]: ...


class Span(NamedTuple):
    """A part of a text that is to be masked."""

    start: int
    end: int
    name: str
    """What the secret is called in its placeholder: ``token-1``."""
    is_bare: bool
    """Whether it stands where JSON has a number."""


class Redactor:
    """Masks the secrets of one report, message or screen."""

    def __init__(
        self, patterns: Sequence[Pattern] = (), off: Collection[str] = (), *, is_learning: bool = False
    ) -> None:
        """Begin with nothing known.

        Args:
            patterns: what the user's configuration adds.
            off: keys of redactions that are switched off: what they stand for is left as it is.
            is_learning: whether what comes before ``settle`` is only learned from, which is quicker: secrets that are
                known already are not looked for in it.
        """
        self._patterns = tuple(patterns)
        self._off = frozenset(off)
        self._secrets: list[_Secret] = []
        self._by_value: dict[str, _Secret] = {}
        self._met: list[_Secret] = []
        """In order of appearance."""
        self._named: Counter[str] = Counter()
        """How many of each kind were met."""
        self._is_learning = is_learning
        self._index: forms.Index | None = None
        """Of all secrets, until another one becomes known."""

    @property
    def redactions(self) -> tuple[Redaction, ...]:
        """What was found since ``settle``, in order of appearance."""
        return tuple(
            Redaction(
                one.kind,
                one.key,
                one.placeholder,
                "; ".join(one.reasons),
                tuple(one.places),
                one.count,
                self._is_on(one),
            )
            for one in self._met
        )

    def settle(self) -> None:
        """Keep what is known of the secrets and forget where they were met: what follows is the same texts again."""
        whole = [value for one in self._secrets if not one.is_partial for value in one.values]
        self._secrets = [
            one
            for one in self._secrets
            if not one.is_partial or not any(value.startswith(first) for value in whole for first in one.values)
        ]
        self._by_value = {}
        for one in self._secrets:
            one.places, one.count, one.placeholder = {}, 0, ""
            for value in one.values:
                self._by_value.setdefault(value, one)
        self._met.clear()
        self._named.clear()
        self._is_learning, self._index = False, None

    def text(self, text: str, place: str = "", *, is_cut: bool = False) -> str:
        """A message, reason or any other text.

        Args:
            text: raw, as the peer sent it.
            place: where it stands, for the list of redactions: ``message 5``.
            is_cut: whether it is only the beginning of something longer.
        """
        return self._masked(text, place, is_cut=is_cut)

    def spans(self, text: str, place: str = "", more: Iterable[Hit] = (), *, is_cut: bool = False) -> list[Span]:
        """Where the secrets of a text stand that must keep its length, so that no placeholder can be put there.

        Args:
            text, place, is_cut: as for ``text``.
            more: secrets beside those of any text, such as ``rules.head_hits`` finds.

        Returns:
            Parts in order that do not overlap; what is switched off is not among them.
        """
        found: list[Span] = []
        for edit in sorted(self._in_place(text, place, more, is_cut=is_cut), key=lambda edit: (edit.start, -edit.end)):
            if edit.said is None or edit.start == edit.end:
                continue
            if found and edit.start < found[-1].end:
                found[-1] = found[-1]._replace(end=max(found[-1].end, edit.end), is_bare=False)
                continue
            name = edit.said.strip('"«»')
            found.append(Span(edit.start, edit.end, name, is_bare=edit.said.startswith('"')))
        return found

    def header(self, name: str, value: str, place: str = "") -> str:
        """The value of an HTTP header."""
        return self._masked(value, place, header_hits(name, value))

    def subprotocol(self, value: str, place: str = "") -> str:
        """A subprotocol, or several."""
        return self._masked(value, place, protocol_hits(value))

    def head(self, raw: bytes, place: str = "", *, is_cut: bool = False) -> bytes:
        """An HTTP head with what follows it; bytes that are not UTF-8 come back as ``\\xNN``."""
        said = raw.decode("utf-8", "backslashreplace")
        end = match.end() if (match := _HEAD_END.search(said)) else len(said)
        # A folded line belongs to the header before it (RFC 9112 section 5.2).
        lines = re.sub(r"\r?\n[ \t]+", " ", said[:end]).splitlines(keepends=True)
        masked = [
            self._header_line(line, place) if index else self.text(line, place) for index, line in enumerate(lines)
        ]
        body = self.text(said[end:], f"body of the {place}", is_cut=is_cut) if said[end:] else ""
        return ("".join(masked) + body).encode("utf-8", "surrogatepass")

    def content(self, data: bytes, place: str = "", *, is_text: bool, is_cut: bool = False) -> bytes | None:
        """The content of a message; bytes of a text that are not UTF-8 come back as ``\\xNN``.

        Returns:
            None for binary content that must not be shown.
        """
        if is_text:
            said = (shown.whole_characters(data) if is_cut else data).decode("utf-8", "backslashreplace")
            return self.text(said, place, is_cut=is_cut).encode("utf-8", "surrogatepass")
        said = data.decode("latin-1")
        if PLACEHOLDER.search(self._masked(said, place, is_cut=is_cut)):
            return None
        return None if self.is_telling(data, place) else data

    def is_telling(self, data: bytes, place: str = "") -> bool:
        """Whether binary content has a field named like a secret, so that all of it must go.

        Args:
            data: any bytes.
            place: as for ``text``.
        """
        said = data.decode("latin-1")
        if not names_secret(said):
            return False
        one = self._secret(Hit(0, len(said), "binary", "binary content with a field named like a secret", (said,)))
        return self._noted(one, place) is not None

    def _header_line(self, line: str, place: str) -> str:
        name, colon, rest = line.partition(":")
        value = rest.strip()
        if not colon or not value:
            return self.text(line, place)
        start = rest.index(value)
        where = f"{shown.shorten(shown.visible(name.strip()), 40)} of the {place}"
        masked = self.header(name.strip(), value, where)
        return f"{self.text(name, place)}:{rest[:start]}{masked}{rest[start + len(value) :]}"

    def _masked(self, text: str, place: str, more: Iterable[Hit] = (), *, is_cut: bool = False, depth: int = 0) -> str:
        def inner(value: Value, place: str, *, is_cut: bool) -> list[Edit]:
            masked = self._masked(value.said, place, is_cut=is_cut, depth=depth + 1)
            if masked == value.said:
                return []
            # What stands for half a character stays an escape, as JSON has it.
            said = json.dumps(masked, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
            return [Edit(value.start, value.end, said[1:-1])]

        edits = self._edits(text, place, more, inner=inner if depth < MAX_DEPTH else None, is_cut=is_cut)
        edits += [Edit(match.start(), match.start() + 1, "\\u00ab") for match in PLACEHOLDER.finditer(text)]
        return _applied(text, edits)

    def _in_place(self, text: str, place: str, more: Iterable[Hit] = (), *, is_cut: bool, depth: int = 0) -> list[Edit]:
        """What is masked in a text, each secret where it stands in it, however deep inside strings of JSON."""

        def inner(value: Value, place: str, *, is_cut: bool) -> list[Edit]:
            found = self._in_place(value.said, place, is_cut=is_cut, depth=depth + 1)
            return [_outside(edit, value, text[value.start : value.end]) for edit in found]

        return self._edits(text, place, more, inner=inner if depth < MAX_DEPTH else None, is_cut=is_cut)

    def _edits(
        self, text: str, place: str, more: Iterable[Hit] = (), *, inner: _Inner | None, is_cut: bool
    ) -> list[Edit]:
        """Everything that is masked in a text; ``inner`` says it of a string of JSON that is a text of its own."""
        edits: list[Edit] = []
        # Where a text was cut, a secret may be cut as well: at the end, and where a sentence quotes a beginning.
        ends = {match.end() for match in _CUT.finditer(text)}
        ends |= {at - 1 for at in ends} | ({len(text)} if is_cut else set())
        values = list(inner_texts(text))
        found = [*more, *hits(text, self._patterns, is_cut=is_cut), *(hit for one in values for hit in value_hits(one))]
        # The widest of several at one place first: a cookie is one secret, also when a part of it looks like another.
        for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
            self._take(_uncut(hit, text), place, edits, is_last=hit.end in ends)
        for value in values:
            if inner is not None and _is_text_of_its_own(value, edits):
                edits += inner(value, place, is_cut=is_cut and value.end == len(text))
        if self._is_learning:
            return edits
        edits += self._known(text, place, edits)
        for end in sorted(ends)[-MAX_ENDS:]:
            edits += self._known_beginnings(text[:end], place, edits)
        return edits

    def _take(self, hit: Hit, place: str, edits: list[Edit], *, is_last: bool) -> None:
        """Learn what is a secret, and mask this place of it unless it is masked already."""
        one = self._secret(hit, is_partial=is_last)
        if any(edit.covers(hit.start, hit.end, one) for edit in edits):
            return
        placeholder = self._noted(one, place)
        if placeholder is not None and hit.is_bare:
            placeholder = f'"{placeholder}"'
        edits.append(Edit(hit.start, hit.end, placeholder, one))

    def _secret(self, hit: Hit, *, is_partial: bool = False) -> _Secret:
        """The secret that was hit: one that is known by one of these values, or a new one."""
        values = [value for value in hit.values if value]
        one = next((self._by_value[value] for value in values if value in self._by_value), None)
        if one is None and is_partial and len(values[0]) >= SHORTEST_NAMED:
            longer = (known for value, known in self._by_value.items() if value.startswith(values[0]))
            enough = len(values[0]) >= SHORTEST_BEGINNING
            one = next((known for known in longer if enough or known.kind == hit.kind), None)
            if one is not None:
                return one
        if one is None:
            digest = hashlib.blake2b(values[0].encode("utf-8", "surrogatepass"), key=_PROCESS, digest_size=8)
            one = _Secret(hit.kind, digest.hexdigest(), is_partial)
            self._secrets.append(one)
        one.is_partial = one.is_partial and is_partial
        one.reasons[hit.reason] = None
        for value in values:
            if value not in one.values:
                one.values[value], self._index = None, None
            self._by_value.setdefault(value, one)
        return one

    def _noted(self, one: _Secret, place: str) -> str | None:
        """Count a place of a secret; gives what stands there instead, None when it is switched off."""
        if not one.placeholder:
            self._named[one.kind] += 1
            one.placeholder = f"«{one.kind}-{self._named[one.kind]}»"
            self._met.append(one)
        one.count += 1
        if place and len(one.places) < MAX_PLACES:
            one.places[place] = None
        return one.placeholder if self._is_on(one) else None

    def _is_on(self, one: _Secret) -> bool:
        return one.key not in self._off

    def _known(self, text: str, place: str, edits: Sequence[Edit]) -> list[Edit]:
        """Known secrets that no rule finds here, in any encoding."""
        found: list[Edit] = []
        if self._index is None:
            known = (forms.Known(number, tuple(one.values)) for number, one in enumerate(self._secrets))
            self._index = forms.Index(known)
        for start, end, number in forms.find(text, self._index):
            one = self._secrets[number]
            if not any(edit.covers(start, end, one) for edit in (*edits, *found)):
                found.append(Edit(start, end, self._noted(one, place), one))
        return found

    def _known_beginnings(self, text: str, place: str, edits: Sequence[Edit]) -> list[Edit]:
        """A known secret of which the end of a text that was cut holds only the beginning."""
        found: list[Edit] = []
        for layer in forms.layers(text[-LONGEST_BEGINNING:]):
            for one in self._secrets:
                for value in filter(forms.is_telling, one.values):
                    at = layer.text.rfind(value[:SHORTEST_BEGINNING])
                    if at >= 0 and len(layer.text) - at < len(value) and value.startswith(layer.text[at:]):
                        start = layer.span(at, len(layer.text))[0] + max(0, len(text) - LONGEST_BEGINNING)
                        if not any(edit.covers(start, len(text), one) for edit in (*edits, *found)):
                            found.append(Edit(start, len(text), self._noted(one, place), one))
        return found


SHORTEST_NAMED = 3
"""Characters of a cut secret that are enough to take it for a known one when it goes by a name of the same kind."""

SHORTEST_BEGINNING = 6
"""Characters at the end of a cut text that are enough to take it for the beginning of a known secret."""

MAX_ENDS = 32
"""Cuts in one text, counted from its end, at which such a beginning is looked for."""

LONGEST_BEGINNING = 8192
"""Characters at the end of a cut text that are searched for one."""

_CUT = re.compile(shown.ELLIPSIS)

_HEAD_END = re.compile(r"\r?\n\r?\n")


def _uncut(hit: Hit, text: str) -> Hit:
    """The hit without the sign that it was cut."""
    if text[hit.end - 1] != shown.ELLIPSIS:
        return hit
    return hit._replace(end=hit.end - 1, values=tuple(value.removesuffix(shown.ELLIPSIS) for value in hit.values))


def _is_text_of_its_own(value: Value, edits: Sequence[Edit]) -> bool:
    """Whether a value of JSON says something else than what stands there, and is not masked already."""
    # What stands there without escapes was looked at with all the rest of the text.
    if not value.is_string or value.end - value.start == len(value.said):
        return False
    return not any(edit.covers(value.start, value.end) for edit in edits)


def _outside(edit: Edit, value: Value, written: str) -> Edit:
    """An edit of what a string of JSON says, as one of the text that it is written in."""
    layer = forms.unescaped(written)
    if layer.text != value.said:
        # Nobody can tell which part it is.
        return edit._replace(start=value.start, end=value.end)
    start, end = layer.span(edit.start, edit.end)
    return edit._replace(start=value.start + start, end=value.start + end)


def _applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; those that overlap become one."""
    made: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.said is None:
            continue
        if made and edit.start < made[-1].end:
            if edit.end > made[-1].end:
                made[-1] = Edit(made[-1].start, edit.end, f"{made[-1].said}{edit.said}")
            continue
        made.append(edit)
    pieces: list[str] = []
    at = 0
    for edit in made:
        pieces += text[at : edit.start], edit.said or ""
        at = edit.end
    return "".join((*pieces, text[at:]))
