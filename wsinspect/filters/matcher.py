"""Whether a filter takes a message.

An expression is turned into one function of the message, cheap questions first: what it is, who sent it and how long
it is cost nothing, its content may have to be read. A pattern that takes too long on a message takes it not, whatever
stands around the pattern, and one that does so on many ends the search.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import TypeAlias, TypeVar

from wsinspect.errors import WsInspectError
from wsinspect.filters import jsonpath, patterns
from wsinspect.filters.expression import (
    After,
    All,
    Before,
    Broken,
    Code,
    Either,
    Expression,
    From,
    Gap,
    Is,
    Json,
    Kind,
    Not,
    OnConnection,
    OnPath,
    Order,
    Pattern,
    Size,
    Term,
    Text,
    Type,
    terms,
)
from wsinspect.filters.moments import Times
from wsinspect.filters.subject import Subject

SEARCHED_BYTES = 1 << 20
"""How much of a message words are searched in."""

SLOW_MESSAGES = 10
"""So many messages may be too slow for a pattern before the search ends."""

KEPT_TESTS = 64
"""Forms of one filter that are kept ready."""

S = TypeVar("S")
"""What is asked: a message, or a connection."""

Test: TypeAlias = Callable[[Subject], bool]

COMPARE: dict[Order, Callable[[int, int], bool]] = {
    Order.LESS: lt,
    Order.AT_MOST: le,
    Order.EQUAL: eq,
    Order.AT_LEAST: ge,
    Order.MORE: gt,
}

_COST: dict[type, int] = {
    From: 0, Type: 0, Size: 0, OnConnection: 0, Is: 0,
    After: 1, Before: 1, Gap: 1,
    OnPath: 2, Code: 2,
    Text: 3, Broken: 4, Json: 5, Pattern: 6,
}  # fmt: skip


class PatternTooSlow(WsInspectError):
    """A regular expression took too long on many messages."""

    def __init__(self) -> None:
        super().__init__(
            f"the pattern after re: takes too long: it was stopped {SLOW_MESSAGES} times",
            "repeat less inside what is repeated",
        )


class Matcher:
    """One filter, ready to be asked."""

    def __init__(self, expression: Expression, times: Times) -> None:
        """Make the function.

        Args:
            expression: the filter.
            times: of the session, to know which day a time of day is on.
        """
        self.expression = expression
        self._patience = Patience()
        self._times = times
        self._tests: dict[Expression, Test] = {}
        self.takes = self.test_of(expression)
        """Whether it takes a message; raises as ``test_of``."""

    @property
    def too_slow(self) -> int:
        """Messages that are not taken because a pattern took too long on them."""
        return self._patience.too_slow

    def test_of(self, left: Expression) -> Test:
        """Whether what is left of the filter, where the rest is decided, takes a message.

        Returns:
            A function of the message. It raises PatternTooSlow when for the tenth time a pattern took too long.
        """
        test = self._tests.get(left)
        if test is None:
            test = self._patience.guarded(left, compiled(left, self._ask))
            # What is left of one filter comes in a few forms only; those of a damaged file need not be kept.
            if len(self._tests) < KEPT_TESTS:
                self._tests[left] = test
        return test

    def _ask(self, term: Term) -> Test:
        return _term(term, self._times)


class Patience:
    """How often a pattern may be too slow."""

    def __init__(self) -> None:
        self.too_slow = 0
        """How many are not taken because a pattern took too long on them."""

    def guarded(self, expression: Expression, test: Callable[[S], bool]) -> Callable[[S], bool]:
        """The test of an expression, which gives up when for the SLOW_MESSAGES-th time a pattern took too long."""
        if not any(isinstance(term, Pattern) for term in terms(expression)):
            return test

        def takes(subject: S) -> bool:
            try:
                return test(subject)
            except patterns.TooSlow:
                self.too_slow += 1
                if self.too_slow >= SLOW_MESSAGES:
                    raise PatternTooSlow from None
                return False

        return takes


def cost(expression: Expression) -> int:
    """How much a question costs, in steps of about ten times as much."""
    match expression:
        case Not(part):
            return cost(part)
        case All(parts) | Either(parts):
            return max(map(cost, parts))
        case _:
            return _COST[type(expression)]


def compiled(expression: Expression, ask: Callable[[Term], Callable[[S], bool]]) -> Callable[[S], bool]:
    """The question that an expression asks.

    Args:
        expression: the filter, or what is left of it.
        ask: gives the question that a term asks.
    """
    match expression:
        case Not(part):
            test = compiled(part, ask)
            return lambda subject: not test(subject)
        case All(parts):
            tests = [compiled(part, ask) for part in sorted(parts, key=cost)]
            return lambda subject: all(test(subject) for test in tests)
        case Either(parts):
            tests = [compiled(part, ask) for part in sorted(parts, key=cost)]
            return lambda subject: any(test(subject) for test in tests)
        case _:
            return ask(expression)


def _term(term: Term, times: Times) -> Test:
    """The question that a term asks; written out one by one, since each is asked of every message."""
    match term:
        case Text(text):
            finds = finder(text)
            return lambda subject: finds(subject.content(SEARCHED_BYTES))
        case Pattern(pattern):
            return lambda subject: patterns.search(pattern, subject.content(patterns.SEARCHED_BYTES))
        case From(origin):
            return lambda subject: subject.origin is origin
        case Type(kind):
            return lambda subject: subject.kind is kind
        case OnPath(text):
            folded = text.casefold()
            return lambda subject: folded in subject.path.casefold()
        case Is():
            return lambda _: False
        case Json():
            return _json(term)
        case Broken(text):
            rule = text.casefold()
            return lambda subject: any(rule in one.rule or rule in one.detail.casefold() for one in subject.broken())
        case _:
            return _measure(term, times)


def _measure(term: Size | OnConnection | Code | Gap | After | Before, times: Times) -> Test:
    match term:
        case Size(order, size):
            compare = COMPARE[order]
            return lambda subject: subject.size is not None and compare(subject.size, size)
        case OnConnection(order, number):
            compare = COMPARE[order]
            return lambda subject: compare(subject.connection, number)
        case Code(order, code):
            compare = COMPARE[order]
            return lambda subject: subject.kind is Kind.CLOSE and _has_code(subject.body(), compare, code)
        case Gap(order, gap_ns):
            compare = COMPARE[order]
            return lambda subject: (
                subject.previous_ns is not None and compare(subject.at_ns - subject.previous_ns, gap_ns)
            )
        case After(moment):
            first_ns = times.wall_ns(moment)
            return lambda subject: subject.at_ns >= first_ns
        case Before(moment):
            end_ns = times.wall_ns(moment)
            return lambda subject: subject.at_ns < end_ns


def _has_code(body: bytes, compare: Callable[[int, int], bool], code: int) -> bool:
    return len(body) >= 2 and compare(int.from_bytes(body[:2]), code)


def _json(term: Json) -> Test:
    needles = jsonpath.needles(term)
    limit = jsonpath.SEARCHED_BYTES

    def test(subject: Subject) -> bool:
        if subject.kind in (Kind.TCP, Kind.CLOSE) or (subject.size or 0) > limit:
            return False
        content = subject.content(limit)
        # Most messages are told apart without being parsed.
        if any(needle not in content for needle in needles) and b"\\" not in content:
            return False
        return jsonpath.holds(term, content)

    return test


def finder(text: str) -> Callable[[bytes], bool]:
    """Whether a text stands in bytes, in upper or lower case: of A to Z, or of all letters if the text has others."""
    if not text.isascii():
        folded = text.casefold()
        return lambda content: folded in content.decode("utf-8", "replace").casefold()
    needle = text.lower().encode()
    if text.lower() == text.upper():
        return lambda content: needle in content
    return lambda content: needle in content.lower()
