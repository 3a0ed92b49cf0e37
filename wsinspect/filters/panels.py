"""One language, two panels: what messages cannot answer, and what connections cannot, is an error that points at it.

Never a term that takes nothing: whoever types it would wait for hits.
"""

from __future__ import annotations

from collections.abc import Callable

from wsinspect.filters.expression import Expression, Is, Json, Kind, Term, Type, terms
from wsinspect.filters.grammar import parse, tokens
from wsinspect.filters.problem import FilterError

KINDS = (Kind.CLOSE, Kind.TCP)
"""What ``type:`` may ask of a connection: that a close frame was seen, that an end of TCP was."""


def parse_for_messages(text: str) -> Expression | None:
    """The expression that a text says of messages; None when it says nothing.

    Raises:
        FilterError: it is no filter, or no message can answer it; with the place.
    """
    return _parse(text, _no_message_says)


def parse_for_connections(text: str) -> Expression | None:
    """The expression that a text says of connections; None when it says nothing.

    Raises:
        FilterError: it is no filter, or no connection can answer it; with the place.
    """
    return _parse(text, _no_connection_says)


def _no_message_says(term: Term) -> str:
    return "is: asks connections: use it in Connections" if isinstance(term, Is) else ""


def _no_connection_says(term: Term) -> str:
    if isinstance(term, Json):
        return "json: looks into messages: use it in Messages"
    if isinstance(term, Type) and term.kind not in KINDS:
        return f"expected type:close or type:tcp here; use type:{term.kind} in Messages"
    return ""


def _parse(text: str, refuses: Callable[[Term], str]) -> Expression | None:
    found = parse(text)
    for token in tokens(text):
        for term in () if token.term is None else terms(token.term):
            if problem := refuses(term):
                raise FilterError(problem, token.at, token.end - token.at)
    return found
