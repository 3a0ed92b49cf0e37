"""Observations on a refused upgrade: status, headers that were wrong or missing, body, credentials."""

from __future__ import annotations

from wsinspect import text
from wsinspect.diagnosis.clue import ALL_WIRE, Clue, Look
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import quote
from wsinspect.diagnosis.rules.gateways import body_text
from wsinspect.diagnosis.rules.refusals import is_foreign_origin
from wsinspect.diagnosis.rules.requests import refused, request_problems

LOGIN = frozenset({"3000", "http:401", "4401"})
RIGHTS = frozenset({"3003", "http:403", "4403"})
BUSY = frozenset({"1013", "http:429", "http:503"})


def status(evidence: Evidence) -> Clue | None:
    """The status of a refusal."""
    story = evidence.story
    if story is None or story.status is None:
        return None
    by = "wsinspect itself" if evidence.connection.status_by_us else "the server's side"
    said = f"the upgrade was answered with HTTP {story.status} by {by}"
    return Clue(said, frozenset({f"http:{story.status}"}), ALL_WIRE | {"1005"})


def credentials(evidence: Evidence) -> Clue | None:
    """Whether the request carried credentials."""
    if evidence.request is None:
        return None
    given = [name for name in ("Authorization", "Cookie") if evidence.asked(name)]
    in_query = any(word in evidence.connection.path.lower() for word in ("token=", "key=", "auth=", "jwt="))
    if given or in_query:
        what = " and ".join([*given, *(["a token in the query"] if in_query else [])])
        return Clue(f"the request carried credentials: {what}", RIGHTS)
    return Clue("the request carried no Authorization, no Cookie and no token in its query", LOGIN, RIGHTS)


def reached(evidence: Evidence) -> Clue | None:
    """The target was not reached: what our own 502 stands for."""
    if not evidence.connection.status_by_us or not evidence.connection.failure:
        return None
    said = f"wsinspect could not reach the server: {text.shorten(text.visible(evidence.connection.failure), 60)}"
    return Clue(said, frozenset({"http:502"}), frozenset({"1014", "http:503", "http:504"}))


def _this(evidence: Evidence) -> frozenset[str]:
    """The status that refused the upgrade."""
    return frozenset({f"http:{evidence.connection.status}"})


def request_fault(evidence: Evidence) -> Clue | None:
    """What is wrong with the request's own headers."""
    problems = request_problems(evidence)
    if not refused(evidence) or not problems:
        return None
    is_told = evidence.connection.status in (400, 405, 426, 501, 505)
    return Clue(f"the request's {', and its '.join(problems)}", _this(evidence) if is_told else frozenset())


def origin(evidence: Evidence) -> Clue | None:
    """An Origin that is not the server's own."""
    if not refused(evidence) or not is_foreign_origin(evidence):
        return None
    said = f"the request's Origin, {quote(evidence.asked('origin'), 40)}, is another host than the server's"
    return Clue(said, frozenset({"http:403"}), frozenset({"3003", "http:401"}))


def challenge(evidence: Evidence) -> Clue | None:
    """Which login the server asks for."""
    name = "Proxy-Authenticate" if evidence.connection.status == 407 else "WWW-Authenticate"
    asked = evidence.answered(name.lower())
    if not refused(evidence) or not asked:
        return None
    return Clue(f"the answer asks for a login: {name}: {quote(asked, 40)}", LOGIN | {"http:407"}, RIGHTS)


def come_back(evidence: Evidence) -> Clue | None:
    """When the server says to try again."""
    after = evidence.answered("retry-after")
    if not refused(evidence) or not after:
        return None
    return Clue(f"the answer says when to come back: Retry-After: {quote(after, 30)}", BUSY)


def answer_body(evidence: Evidence) -> Clue | None:
    """What the body of the answer says."""
    said = body_text(evidence)
    return Clue(f"the answer says {quote(said, 100)}", _this(evidence)) if refused(evidence) and said else None


REFUSALS: tuple[Look, ...] = (answer_body, request_fault, origin, challenge, come_back)
