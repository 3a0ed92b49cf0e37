"""Upgrades that the server understood and refused: login, rights, origin, redirects, limits, its own failure."""

from __future__ import annotations

from urllib.parse import urlsplit

from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import quote, server_name
from wsinspect.diagnosis.gateways import gateways
from wsinspect.diagnosis.rules import requests
from wsinspect.diagnosis.rules.gateways import body_text
from wsinspect.diagnosis.rules.requests import refused, say_refused, wrong_request
from wsinspect.diagnosis.rules.target import tls_expected
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, POSSIBLE, STRONG, Rule, quoted
from wsinspect.model import Finding

_CLOSES_AS_403 = ("uvicorn", "hypercorn", "daphne", "granian")
"""Servers that turn a close before the accept into HTTP 403 (measured)."""


def login_missing(evidence: Evidence) -> Finding | None:
    """401 and 407: credentials are missing or wrong."""
    if not refused(evidence, 401, 407):
        return None
    name = "proxy-authorization" if evidence.connection.status == 407 else "authorization"
    given = [
        header
        for header in (name, "cookie", "sec-websocket-protocol")
        if evidence.asked(header) and (header != "sec-websocket-protocol" or _looks_secret(evidence.asked(header)))
    ]
    in_query = any(word in evidence.connection.path.lower() for word in ("token=", "key=", "auth=", "jwt="))
    if given or in_query:
        what = " and ".join([*given, *(["a token in the query"] if in_query else [])])
        cause, because = "the server does not accept the client's credentials", f"the request had {what}"
        do = "renew them; a retry with the same ones ends the same way"
    else:
        cause, because = "the client sent no credentials, and the server wants some", "no Authorization and no Cookie"
        do = "send them: a cookie (see SameSite), a header, or a token in the query or the subprotocol"
    asks = evidence.answered("www-authenticate") or evidence.answered("proxy-authenticate")
    return say_refused(
        evidence,
        "login-missing",
        CERTAIN,
        cause,
        because + (f"; the server asks for {quote(asks, 40)}" if asks else ""),
        do=do,
    )


def _looks_secret(value: str) -> bool:
    return any(len(part.strip()) > 24 or "bearer" in part.lower() for part in value.split(","))


def is_foreign_origin(evidence: Evidence) -> bool:
    """Whether the request has an Origin whose host is neither the one it was sent to, nor the server's."""
    origin = evidence.asked("origin")
    if not origin:
        return False
    try:
        name = urlsplit(origin).hostname or origin
        ours = {urlsplit(f"//{evidence.asked('host')}").hostname, urlsplit(evidence.connection.url).hostname}
    except ValueError:
        return True
    return name not in ours


def origin_refused(evidence: Evidence) -> Finding | None:
    """403 to a page from elsewhere, or with a body that speaks of the origin."""
    if not refused(evidence, 403, 400, 401):
        return None
    origin, said = evidence.asked("origin"), body_text(evidence).lower()
    says_so = "origin" in said or "cross-site" in said
    if not says_so and (evidence.connection.status != 403 or not is_foreign_origin(evidence)):
        return None
    return say_refused(
        evidence,
        "origin-refused",
        STRONG if says_so else LIKELY,
        quoted("the server does not allow pages from ", origin)
        if origin
        else "the server wants an Origin header, and the client sent none",
        f"body: {quote(said, 60)}"
        if says_so
        else f"its Origin is another host than {quote(evidence.asked('host'), 40)}",
        do="add this origin to the server's list of allowed origins",
    )


_EMPTY = frozenset({"date", "connection", "content-length", "content-type"})
"""Headers of an answer that says nothing."""


def _is_bare_403(evidence: Evidence) -> bool:
    """Whether nobody put anything into the answer: no body and no header of its own, a gateway's apart.

    uvicorn's 403 has neither a body nor a Server header (measured: 0.54.0); who refuses by itself, gateways among
    them, writes at least one.
    """
    response = evidence.response
    if response is None or evidence.body or evidence.answered("content-length") != "0":
        return False
    of_gateways = {"server", "via"} if gateways(evidence) else set()
    return all(field.name.lower() in _EMPTY | of_gateways for field in response.fields)


def closed_before_accept(evidence: Evidence) -> Finding | None:
    """403 from an ASGI server: the application closed before it accepted, and its code was lost."""
    if not refused(evidence, 403) or is_foreign_origin(evidence) or "origin" in body_text(evidence).lower():
        return None
    server = server_name(evidence)
    is_named = server.startswith(_CLOSES_AS_403)
    if not is_named and not _is_bare_403(evidence):
        return None
    return say_refused(
        evidence,
        "closed-before-accept",
        STRONG if is_named else LIKELY,
        "the application closed before it accepted the WebSocket",
        "its own close code is lost: uvicorn, Hypercorn, Daphne and Granian turn such a close into HTTP 403"
        + ("" if is_named else ", uvicorn without a body and without a header that says anything"),
        do="see why it closes: login or origin, mostly; to show a close code, accept first and close then",
    )


def forbidden(evidence: Evidence) -> Finding | None:
    """403 for which nothing more is known."""
    if not refused(evidence, 403) or origin_refused(evidence) or closed_before_accept(evidence):
        return None
    return say_refused(
        evidence,
        "refused-403",
        LIKELY,
        "the server knows this client or request, and does not allow it",
        do="check rights, origin, address lists, and firewalls for web applications",
    )


def redirected(evidence: Evidence) -> Finding | None:
    """301 to 308: browsers follow no redirects for a WebSocket."""
    if not refused(evidence, 301, 302, 303, 307, 308):
        return None
    to = evidence.answered("location")
    asked_path = evidence.connection.path.partition("?")[0]
    try:
        target_path = urlsplit(to).path
    except ValueError:
        target_path = ""
    if to.lower().startswith(("https:", "wss:")) and evidence.connection.url.startswith("ws:"):
        why = "to TLS"
    elif target_path.rstrip("/") == asked_path.rstrip("/") and target_path != asked_path:
        why = "to the path with another slash at its end"
    elif any(word in to.lower() for word in ("login", "signin", "sso", "auth")):
        why = "to a login page"
    else:
        why = "elsewhere"
    return say_refused(
        evidence,
        "redirected",
        STRONG,
        f"the server redirects {why}",
        "WebSocket clients do not follow; " + (f"Location: {quote(to, 60)}" if to else "no Location in the answer"),
        do="use the final URL at once",
    )


def rate_refused(evidence: Evidence) -> Finding | None:
    """429: too many requests or connections."""
    if not refused(evidence, 429):
        return None
    after = evidence.answered("retry-after")
    return say_refused(
        evidence,
        "too-many-requests",
        CERTAIN,
        "the client asked too often, or has too many connections open",
        f"Retry-After: {quote(after, 20)}" if after else "",
        do="wait, then retry with growing delays",
    )


def failed_before_accept(evidence: Evidence) -> Finding | None:
    """500: the application failed before it accepted."""
    if not refused(evidence, 500) or wrong_request(evidence):
        return None
    return say_refused(
        evidence,
        "failed-before-accept",
        STRONG,
        "the server's application failed before it accepted",
        do="find the stack trace in the server's log at that second",
    )


_SPECIFIC: tuple[Rule, ...] = (
    *(login_missing, origin_refused, closed_before_accept, forbidden, redirected, rate_refused, failed_before_accept),
)


def other_refusal(evidence: Evidence) -> Finding | None:
    """Any other status."""
    status = evidence.connection.status or 0
    if not refused(evidence) or status in (502, 503, 504):
        return None
    if any(rule(evidence) for rule in (*requests.RULES, *_SPECIFIC, tls_expected)):
        return None
    side = "the client's request" if 400 <= status < 500 else "the server" if status >= 500 else "the answer"
    return say_refused(
        evidence,
        "refused",
        POSSIBLE,
        f"the server refused the upgrade with HTTP {status}",
        do=f"look at {side}; read the body of the answer and the server's log",
    )


RULES: tuple[Rule, ...] = (*_SPECIFIC, other_refusal)
