"""Every form of the language in one table: the parser, completion, the help in the app and the README read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wsinspect.filters import jsonpath, patterns, values
from wsinspect.filters.expression import Either, Expression, Fate, Kind, Origin, Pattern, Term
from wsinspect.filters.problem import FilterError


@dataclass(frozen=True, slots=True)
class Key:
    """A key that stands before a colon."""

    name: str
    form: str
    """The key with what may follow it, for people."""
    meaning: str
    """What such a term takes, in a clause without a dot; code stands between backticks."""
    expected: str
    """What has to follow it, as the end of "expected ...". """
    read: Callable[[str], Term | None] | None
    """Makes the term of its value, or None where the value is not as expected; None for keys with readers of their
    own."""
    choices: tuple[str, ...] = ()
    """The values there are, where they are few."""
    takes_several: bool = False
    """Whether several values may follow, with commas between them: any of them will do."""


_COMPARISON = "; also `<` `<=` `>=`, or a value alone"
_ORDERED = "; also `>` `>=` `<` `<=`"

KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        Key("from", "from:client|server|us", "who sent it; us is wsinspect, where it ended a connection itself",
            "client, server or us", values.origin, tuple(Origin), takes_several=True),
        Key("type", "type:text|binary|ping|pong|close|tcp",
            "what it is; tcp is everything that is no frame, such as FIN, RST and bytes that went unrecorded",
            "text, binary, ping, pong, close or tcp", values.kind, tuple(Kind),
            takes_several=True),
        Key("size", "size:>1kB", f"bytes of content, in kB, MB, GB or KiB, MiB, GiB{_COMPARISON}",
            "a size such as >1kB", values.size),
        Key("conn", "conn:3", f"the connection with this number{_ORDERED}", "a connection's number such as 3",
            values.connection, takes_several=True),
        Key("path", "path:/feed", "connections with this in their path", "part of a path such as /feed", values.path),
        Key("is", "is:open|closed|failed",
            "in Connections: what became of it; closed is one that ended without a failure",
            "open, closed or failed", values.fate, tuple(Fate), takes_several=True),
        Key("after", "after:14:02:10", "at this time of day or later; `2026-11-22T14:02:10` names the day too",
            "a time such as 14:02:10", values.after),
        Key("before", "before:14:02:10", "earlier than this time", "a time such as 14:02:10", values.before),
        Key("gap", "gap:>1s", f"silence before it on its connection, in ns, µs, ms, s, min or h{_COMPARISON}",
            "a time such as >1s", values.gap),
        Key("code", "code:1011", f"close frames with this code{_ORDERED}, as in `code:>=4000`",
            "a close code such as 1011", values.code, takes_several=True),
        Key("violation", "violation:",
            "messages that break a rule of the protocol; `violation:mask` those with mask in its name or sentence",
            "part of a rule's name or sentence", values.violation),
        Key("json", "json:$.type=subscribe",
            "JSON messages in which a value at this path is the one behind `=`; also `!=` `>` `>=` `<` `<=`, or the "
            "path alone; "
            '`$.a.b`, `$["a name"]`, `$.list[0]`, `$.list[*]` for any element',
            "a path such as $.type", None),
        Key("re", r"re:id=\d+", "what a regular expression finds, in Python's syntax; `(?i)` in front ignores case",
            "a regular expression", None),
    )
}  # fmt: skip


def _in_words(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


_several = _in_words([f"`{key.name}:`" for key in KEYS.values() if key.takes_several])

FORMS: tuple[tuple[str, str], ...] = (
    ("word", "messages with this text, in upper or lower case"),
    ('"a phrase"', 'the same with blanks, colons or brackets in it; `\\"` is a quote'),
    *((key.form, key.meaning) for key in KEYS.values()),
    (r're:"\"qty\": 3[0-2]"', r"a regular expression with blanks or quotes in it; `\"` is a quote"),
    ("code:1001,1011", f"any of several values, behind {_several}"),
    ("-term", "not that one"),
    ("a b", "both"),
    ("a or b", "one of the two; it binds less than two side by side"),
    ("( )", "what belongs together, as in `-(type:ping or type:pong)`"),
)
"""Every form and what it takes; code stands between backticks."""

LIMITS = (
    "Words and `re:` look at the text as it was sent, unmasked and inflated: where JSON holds the escape `\\u00e9`, "
    "only that finds it; `json:` compares the letter that it stands for. "
    "Words and `json:` look at the first MiB of a message, `re:` at the first 64 KiB and for a tenth of a second at "
    "most; a pattern that is too slow for ten messages ends the search. Of close frames and TCP events the line that "
    "is shown is looked at. Case is ignored for A to Z, and for all letters in a word that has others."
)
"""What a filter does not look at, in plain sentences."""

ON_CONNECTIONS = (
    "Connections are filtered in the same language. Words and `re:` look at what their list shows (path, client, "
    "subprotocol, how it closed, why it failed) and at the reasons of close frames, each by itself. `code:` is the "
    "code in a close frame of either side, or 1005 or 1006 where that is concluded, `from:` who closed first. `size:` "
    "is the bytes on the wire in both directions, `after:` and `before:` when it opened, `gap:` how long it lasted, an "
    "open one until now. `violation:` is the first broken rule, by its sentence; text that is not UTF-8 is found in "
    "Messages alone. `type:close` and `type:tcp` take those on which a close frame or an end of TCP was seen. The "
    "other types and `json:` look into messages and are an error there. In Messages `is:` is an error."
)
"""What the same terms take of connections, in plain sentences."""


def read(key: Key, value: str, at: int, *, is_exact: bool) -> Expression:
    """The term of a key and its value, or one for each of several values.

    Args:
        key: the key.
        value: what follows the colon, without quotes.
        at: where the value stands in the filter.
        is_exact: whether the value's characters stand there one by one: quotes may have hidden some.

    Raises:
        FilterError: the value is not what the key needs.
    """
    if key.name == "json":
        return jsonpath.read(value, at)
    if key.name == "re":
        return _pattern(value, at, is_exact=is_exact)
    if key.takes_several and is_exact and "," in value:
        return _any_of(key, value, at)
    return _one(key, value, at)


def _one(key: Key, value: str, at: int) -> Term:
    term = key.read(value) if key.read else None
    if term is None:
        raise misfit(key, value, at)
    return term


def _any_of(key: Key, value: str, at: int) -> Expression:
    found: list[Term] = []
    end = at + len(value)
    for one in value.split(","):
        if not one and at < end:
            raise misfit(key, ",", at)
        found.append(_one(key, one, at))
        at += len(one) + 1
    several = tuple(dict.fromkeys(found))
    return several[0] if len(several) == 1 else Either(several)


def _pattern(value: str, at: int, *, is_exact: bool) -> Pattern:
    if not value:
        raise misfit(KEYS["re"], value, at)
    try:
        patterns.check(value)
    except patterns.PatternProblem as problem:
        where = 0 if problem.at is None or not is_exact else min(problem.at, len(value) - 1)
        length = len(value) if problem.at is None or not is_exact else 1
        raise FilterError(f"expected {problem} after re:", at + where, length, found=value) from None
    return Pattern(value)


def misfit(key: Key, value: str, at: int) -> FilterError:
    """That a value is not what its key needs."""
    return FilterError(f"expected {key.expected} after {key.name}:", at, len(value), found=value)
