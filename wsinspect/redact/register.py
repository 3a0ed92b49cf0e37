"""The secrets that were met so far, so that each is one and the same wherever it stands."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Sequence

from wsinspect.redact import forms
from wsinspect.redact.edits import Edit
from wsinspect.redact.rules import Hit
from wsinspect.redact.secret import Redaction, Secret

MAX_PLACES = 10
"""Places that are named of one secret."""

SHORTEST_NAMED = 3
"""Characters of a cut secret that are enough to take it for a known one when it goes by a name of the same kind."""

SHORTEST_BEGINNING = 6
"""Characters at the end of a cut text that are enough to take it for the beginning of a known secret."""

LONGEST_BEGINNING = 8192
"""Characters at the end of a cut text that are searched for one."""

_PROCESS = secrets.token_bytes(16)
"""Makes the keys of redactions worthless to others: they are digests of the secrets."""


class Register:
    """All secrets of one report, message or screen."""

    def __init__(self, off: Collection[str] = ()) -> None:
        """Begin with nothing known.

        Args:
            off: keys of redactions that are switched off: what they stand for is left as it is.
        """
        self._off = frozenset(off)
        self._secrets: list[Secret] = []
        self._by_value: dict[str, Secret] = {}
        self._met: list[Secret] = []
        """In order of appearance."""
        self._named: Counter[str] = Counter()
        """How many of each kind were met."""
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
        self._index = None

    def secret(self, hit: Hit, *, is_partial: bool = False) -> Secret:
        """The secret that was hit: one that is known by one of these values, or a new one.

        Args:
            hit: where it was found.
            is_partial: whether it may be only the beginning of one.
        """
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
            one = Secret(hit.kind, digest.hexdigest(), is_partial)
            self._secrets.append(one)
        one.is_partial = one.is_partial and is_partial
        one.reasons[hit.reason] = None
        for value in values:
            if value not in one.values:
                one.values[value], self._index = None, None
            self._by_value.setdefault(value, one)
        return one

    def noted(self, one: Secret, place: str) -> str | None:
        """Count a place of a secret; gives what stands there instead, None when it is switched off."""
        if not one.placeholder:
            self._named[one.kind] += 1
            one.placeholder = f"«{one.kind}-{self._named[one.kind]}»"
            self._met.append(one)
        one.count += 1
        if place and len(one.places) < MAX_PLACES:
            one.places[place] = None
        return one.placeholder if self._is_on(one) else None

    def known(self, text: str, place: str, edits: Sequence[Edit]) -> list[Edit]:
        """Known secrets that no rule finds in a text, in any encoding.

        Args:
            text: raw.
            place: where it stands, for the list of redactions.
            edits: what is masked in it already.
        """
        found: list[Edit] = []
        if self._index is None:
            known = (forms.Known(number, tuple(one.values)) for number, one in enumerate(self._secrets))
            self._index = forms.Index(known)
        for start, end, number in forms.find(text, self._index):
            one = self._secrets[number]
            if not any(edit.covers(start, end, one) for edit in (*edits, *found)):
                found.append(Edit(start, end, self.noted(one, place), one))
        return found

    def known_beginnings(self, text: str, place: str, edits: Sequence[Edit]) -> list[Edit]:
        """A known secret of which the end of a text that was cut holds only the beginning."""
        found: list[Edit] = []
        for layer in forms.layers(text[-LONGEST_BEGINNING:]):
            for one in self._secrets:
                for value in filter(forms.is_telling, one.values):
                    at = layer.text.rfind(value[:SHORTEST_BEGINNING])
                    if at >= 0 and len(layer.text) - at < len(value) and value.startswith(layer.text[at:]):
                        start = layer.span(at, len(layer.text))[0] + max(0, len(text) - LONGEST_BEGINNING)
                        if not any(edit.covers(start, len(text), one) for edit in (*edits, *found)):
                            found.append(Edit(start, len(text), self.noted(one, place), one))
        return found

    def _is_on(self, one: Secret) -> bool:
        return one.key not in self._off
