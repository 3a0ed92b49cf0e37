"""What SQLite alone can tell of a filter over connections, so that most records never become values.

An expression becomes one of SQL that is 1 where the filter takes a connection, 0 where it does not, and NULL where the
record has to be looked at: SQL's own logic of three values does the rest. It must agree with ``ConnectionMatcher``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from wsinspect import codes
from wsinspect.codes import vendors
from wsinspect.decode.outcome import BROKEN, CUT
from wsinspect.filters.expression import (
    After,
    All,
    Before,
    Broken,
    Code,
    Either,
    Expression,
    Fate,
    From,
    Gap,
    Is,
    Kind,
    Not,
    OnConnection,
    OnPath,
    Origin,
    Size,
    Term,
    Text,
    Type,
    terms,
)
from wsinspect.filters.matcher import COMPARE
from wsinspect.filters.moments import Times
from wsinspect.model import EndedBy
from wsinspect.session.reading.horizon import NEVER
from wsinspect.wire.close import ABNORMAL, NO_STATUS, code_violations

MOST_TERMS = 50
"""Of a filter with more terms every record is looked at: a statement has its limits."""

UNKNOWN = "NULL"

_SHOWN = ("path", "client", "subprotocol", "failure", "client_close_reason", "server_close_reason")
"""The columns in which words are looked for in any case."""

_PHRASES = tuple(f"{CUT} {BROKEN} frame rule: no empty {NO_STATUS} {ABNORMAL}".split())
"""Words that a list may say of the end of any connection that was open."""

_STANDARD = range(1000, 1016)
"""Codes whose names are the same for everybody."""

_OWN = range(3000, 5000)
"""Codes for which a service may have a name of its own."""

Value = int | str


class Statement:
    """An expression of SQL over the ``connection`` table, and the values of its parameters by name."""

    def __init__(self, expression: Expression, times: Times) -> None:
        """Put it together.

        Args:
            expression: the filter.
            times: of the session, to know which day a time of day is on.
        """
        self.values: dict[str, Value] = {}
        """Without ``now``: the time that ages of open connections are taken at."""
        self._times = times
        is_short = sum(1 for _ in terms(expression)) <= MOST_TERMS
        self.sql = self._of(expression) if is_short else UNKNOWN
        """The expression."""

    def _of(self, expression: Expression) -> str:
        match expression:
            case Not(part):
                return f"NOT {self._of(part)}"
            case All(parts):
                return f"({' AND '.join(('1', *map(self._of, parts)))})"
            case Either(parts):
                return f"({' OR '.join(map(self._of, parts))})"
            case _:
                return f"({self._term(expression)})"

    def _term(self, term: Term) -> str:
        match term:
            case OnConnection(order, number):
                return f"id {order} {self._value(number)}"
            case Is(Fate.OPEN):
                return "closed_ns IS NULL"
            case Is(Fate.FAILED):
                return f"closed_ns IS NOT NULL AND {_failed()}"
            case Is(Fate.CLOSED):
                return f"closed_ns IS NOT NULL AND NOT {_failed()}"
            case OnPath(text):
                return self._holds("path", text)
            case Broken(text):
                return self._holds("first_violation", text) if text else "first_violation <> ''"
            case Code(order, code):
                wanted = f"{order} {self._value(code)}"
                sent = f"coalesce(client_close_code {wanted}, 0) OR coalesce(server_close_code {wanted}, 0)"
                may_be_concluded = any(COMPARE[order](one, code) for one in (NO_STATUS, ABNORMAL))
                return f"CASE WHEN {sent} THEN 1 END" if may_be_concluded else sent
            case Type(Kind.CLOSE):
                return "client_close_row IS NOT NULL OR server_close_row IS NOT NULL"
            case Type(Kind.TCP):
                return "client_end IS NOT NULL OR server_end IS NOT NULL OR failure <> ''"
            case Size(order, size):
                return f"to_server_bytes + to_client_bytes {order} {self._value(size)}"
            case Gap(order, gap_ns):
                return f"coalesce(closed_ns, :now) - opened_ns {order} {self._value(gap_ns)}"
            case After(moment):
                return f"opened_ns >= {self._value(self._times.wall_ns(moment))}"
            case Before(moment):
                return f"opened_ns < {self._value(self._times.wall_ns(moment))}"
            case From(origin):
                return _closed_by(origin)
            case Text(text) if text.isascii() and " " not in text:
                return self._word(text.lower())
            case _:
                return UNKNOWN

    def _value(self, value: Value) -> str:
        name = f"v{len(self.values)}"
        # SQLite's numbers end there; no record holds one as large.
        self.values[name] = max(-NEVER, min(value, NEVER)) if isinstance(value, int) else value
        return f":{name}"

    def _holds(self, column: str, text: str) -> str:
        """Whether a column holds a text, in upper or lower case: letters beyond A to Z are not compared here."""
        if not text.isascii():
            return UNKNOWN
        found = f"instr(lower({column}), {self._value(text.lower())})"
        return f"CASE WHEN {found} THEN 1 WHEN {column} GLOB '*[^' || char(1) || '-~]*' THEN NULL ELSE 0 END"

    def _word(self, word: str) -> str:
        """Whether a word of A to Z without blanks stands in what is shown."""
        wanted = self._value(word)
        is_found = " OR ".join(f"instr(lower({column}), {wanted})" for column in _SHOWN)
        if any(word in phrase for phrase in _PHRASES):
            return f"CASE WHEN {is_found} THEN 1 END"
        by_code = (_may_say(side, word, wanted) for side in ("client_close_code", "server_close_code"))
        # What it says of a refusal, or of a broken rule of an open one, is looked at.
        may_be = " OR ".join((*by_code, "upgraded_ns IS NULL", f"instr(lower(first_violation), {wanted})"))
        return f"CASE WHEN {is_found} THEN 1 WHEN {may_be} THEN NULL ELSE 0 END"


def _may_say(column: str, word: str, wanted: str) -> str:
    """Whether a list may say a word of the code in a column."""
    said = ",".join(str(code) for code in _STANDARD if word in f"{code} {codes.name(code)}".lower())
    known = [f"{column} BETWEEN {_STANDARD[0]} AND {_STANDARD[-1]}"]
    if not any(word in name for name in _own_names()):
        known.append(f"{column} BETWEEN {_OWN[0]} AND {_OWN[-1]} AND NOT instr({column}, {wanted})")
    return f"{column} IN ({said}) OR NOT ({' OR '.join(known)})"


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    """All names that somebody has for the codes that may have one of their own."""
    meanings = (meaning for vendor in vendors.known().readable() for meaning in vendor.meanings)
    return frozenset(name.lower() for name in (*map(codes.name, _OWN), *(one.name for one in meanings)))


def _closed_by(origin: Origin) -> str:
    """Whether somebody closed a connection first: where a close frame did, and the other side had not left."""
    by_client, by_server = int(origin is Origin.CLIENT), int(origin is Origin.SERVER)
    return (
        "CASE WHEN upgraded_ns IS NULL THEN NULL "
        "WHEN client_close_row IS NULL AND server_close_row IS NULL THEN CASE WHEN closed_ns IS NULL THEN 0 END "
        f"WHEN client_close_row <= coalesce(server_close_row, client_close_row) "
        f"THEN CASE WHEN server_end_ns < client_close_ns THEN NULL ELSE {by_client} END "
        f"WHEN client_end_ns < server_close_ns THEN NULL ELSE {by_server} END"
    )


@lru_cache(maxsize=1)
def _failed() -> str:
    """Whether the end of a connection was a failure: an upgrade that came to nothing, no close frame, or its code."""
    return (
        "(CASE WHEN upgraded_ns IS NULL THEN 1 "
        "WHEN client_close_row IS NULL AND server_close_row IS NULL "
        f"THEN CASE WHEN '{EndedBy.US}' IN (coalesce(client_end_by, ''), coalesce(server_end_by, '')) "
        "THEN NULL ELSE 1 END "
        "WHEN client_close_row <= coalesce(server_close_row, client_close_row) "
        f"THEN {_is_error('client', 'server')} ELSE {_is_error('server', 'client')} END)"
    )


def _is_error(sender: str, other: str) -> str:
    """Whether the code of the first close frame says so: one that may be sent, where the other side had not left."""
    code = f"{sender}_close_code"
    plain = [one for one in _STANDARD if not code_violations(one)]
    errors = [one for one in plain if codes.lookup(one).severity == "error"]
    return (
        f"CASE WHEN {other}_end_ns < {sender}_close_ns OR violation_row = {sender}_close_row "
        f"OR coalesce({code}, 0) NOT IN ({_listed(plain)}) THEN NULL ELSE {code} IN ({_listed(errors)}) END"
    )


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
