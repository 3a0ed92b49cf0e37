"""What could stand where the cursor is: keys, and the values behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wsinspect.filters.grammar import parse
from wsinspect.filters.keys import KEYS
from wsinspect.filters.lexicon import KEY, bare_or_quoted, protected_end
from wsinspect.filters.problem import FilterError


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to go on."""

    insert: str
    """What takes the place of the term begun."""
    meaning: str
    """What it is, in a clause; empty for values, which speak for themselves."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The ways to go on, and what they replace."""

    start: int
    """Where the term begun begins; it ends at the cursor."""
    choices: tuple[Choice, ...] = ()


def complete(text: str, cursor: int, seen: Mapping[str, Sequence[str]]) -> Completion:
    """The ways to go on from the cursor.

    Args:
        text: the filter so far.
        cursor: position of the cursor in it.
        seen: values seen in the session by key, the most useful first; may be peer text.
    """
    found = _of_begun(text[:cursor], cursor, seen)
    return found if found.choices or cursor < len(text) else _quoted_whole(text) or found


def _of_begun(before: str, cursor: int, seen: Mapping[str, Sequence[str]]) -> Completion:
    """The ways to go on with the term begun."""
    start = _begun(before)
    if start is None:
        return Completion(cursor)
    begun = before[start:]
    key = KEY.match(begun)
    if key is None:
        found = (one for one in KEYS.values() if one.name.startswith(begun.lower()))
        return Completion(start, tuple(Choice(f"{one.name}:", one.meaning.replace("`", "")) for one in found))
    known = KEYS.get(key[1].lower())
    if known is None:
        return Completion(start)
    said = begun[key.end() :]
    # Behind a comma another value is begun; those before it stay.
    kept = said[: said.rfind(",") + 1] if known.takes_several else ""
    values = [value for value in (*known.choices, *seen.get(known.name, ())) if value not in kept.lower().split(",")]
    fitting = _fitting(values, said[len(kept) :])
    inserts = (f"{known.name}:{kept}{_written(known.name, value)}" for value in fitting)
    return Completion(start, tuple(Choice(insert, "") for insert in dict.fromkeys(inserts) if insert != begun))


def _quoted_whole(text: str) -> Completion | None:
    """What is no filter because of its quotes, such as a piece of JSON, as one phrase."""
    head = text[: len(_PATTERN)] if text.lower().startswith(_PATTERN) else ""
    said = text[len(head) :].strip()
    # A quote that is still open is a phrase being typed.
    if '"' not in said or said.count('"') % 2:
        return None
    try:
        parse(text)
    except FilterError:
        return Completion(0, (Choice(head + bare_or_quoted(said, is_always_quoted=True), "all of this as one phrase"),))
    return None


_PATTERN = "re:"


def _begun(before: str) -> int | None:
    """Where the term that ends at the end begins; None inside a quoted phrase."""
    at = 0
    while at < len(before):
        if before[at].isspace() or before[at] in "()-":
            at += 1
            continue
        try:
            end = protected_end(before, at)
        except FilterError:
            return at if KEY.match(before, at) else None
        if end == len(before):
            return at
        at = end
    return at


def _fitting(values: Sequence[str], begun: str) -> list[str]:
    """The values that begin with what was typed, then those that hold it."""
    typed = begun.lstrip('"').lower()
    first = [value for value in values if value.lower().startswith(typed)]
    return first + [value for value in values if typed in value.lower() and value not in first]


def _written(key: str, value: str) -> str:
    return value if key == "json" else bare_or_quoted(value)
