"""Masks secrets and remembers them: the same secret gets the same placeholder wherever it stands.

What goes in is raw text and goes in once; what comes out is not safe to show yet, that is ``text``'s work. A secret
may stand in one place by its name and in another without one, before or after: ``settle`` makes a second pass over
the same texts mask both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Protocol

from wsinspect import text as shown
from wsinspect.redact.edits import Edit, applied, is_text_of_its_own, outside
from wsinspect.redact.fields import Value
from wsinspect.redact.register import Register
from wsinspect.redact.rules import Hit, Pattern, header_hits, hits, inner_texts, names_secret, protocol_hits, value_hits
from wsinspect.redact.secret import PLACEHOLDER, Redaction

MAX_DEPTH = 4
"""Texts inside strings of JSON inside strings of JSON that are looked into."""

MAX_ENDS = 32
"""Cuts in one text, counted from its end, at which the beginning of a known secret is looked for."""

_CUT = re.compile(shown.ELLIPSIS)

_HEAD_END = re.compile(r"\r?\n\r?\n")


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
        self._register = Register(off)
        self._is_learning = is_learning

    @property
    def redactions(self) -> tuple[Redaction, ...]:
        """What was found since ``settle``, in order of appearance."""
        return self._register.redactions

    def settle(self) -> None:
        """Keep what is known of the secrets and forget where they were met: what follows is the same texts again."""
        self._register.settle()
        self._is_learning = False

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
        one = self._register.secret(
            Hit(0, len(said), "binary", "binary content with a field named like a secret", (said,))
        )
        return self._register.noted(one, place) is not None

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
        return applied(text, edits)

    def _in_place(self, text: str, place: str, more: Iterable[Hit] = (), *, is_cut: bool, depth: int = 0) -> list[Edit]:
        """What is masked in a text, each secret where it stands in it, however deep inside strings of JSON."""

        def inner(value: Value, place: str, *, is_cut: bool) -> list[Edit]:
            found = self._in_place(value.said, place, is_cut=is_cut, depth=depth + 1)
            return [outside(edit, value, text[value.start : value.end]) for edit in found]

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
            if inner is not None and is_text_of_its_own(value, edits):
                edits += inner(value, place, is_cut=is_cut and value.end == len(text))
        if self._is_learning:
            return edits
        edits += self._register.known(text, place, edits)
        for end in sorted(ends)[-MAX_ENDS:]:
            edits += self._register.known_beginnings(text[:end], place, edits)
        return edits

    def _take(self, hit: Hit, place: str, edits: list[Edit], *, is_last: bool) -> None:
        """Learn what is a secret, and mask this place of it unless it is masked already."""
        one = self._register.secret(hit, is_partial=is_last)
        if any(edit.covers(hit.start, hit.end, one) for edit in edits):
            return
        placeholder = self._register.noted(one, place)
        if placeholder is not None and hit.is_bare:
            placeholder = f'"{placeholder}"'
        edits.append(Edit(hit.start, hit.end, placeholder, one))


def _uncut(hit: Hit, text: str) -> Hit:
    """The hit without the sign that it was cut."""
    if text[hit.end - 1] != shown.ELLIPSIS:
        return hit
    return hit._replace(end=hit.end - 1, values=tuple(value.removesuffix(shown.ELLIPSIS) for value in hit.values))
