"""Refused upgrades whose request was wrong, or came wrong to the server: headers, size, path, a proxy in the way."""

from __future__ import annotations

import base64
import binascii

from wsinspect import text
from wsinspect.codes import HttpStatus
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import quote, server_name
from wsinspect.diagnosis.gateways import gateways, is_haproxy_page
from wsinspect.diagnosis.rules.gateways import body_text
from wsinspect.diagnosis.rules.target import tls_expected
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, quoted, say
from wsinspect.model import Finding, Strength


def refused(evidence: Evidence, *statuses: int) -> bool:
    """Whether the server refused the upgrade, with one of these statuses if any are given."""
    connection = evidence.connection
    if connection.upgraded_ns is not None or connection.status in (None, 101) or connection.status_by_us:
        return False
    return not statuses or connection.status in statuses


def say_refused(
    evidence: Evidence, rule: str, strength: Strength, cause: str, because: str = "", *, do: str, setting: str = ""
) -> Finding:
    """A finding about a refusal; without a ground of its own the answer's software and body are named."""
    who = server_name(evidence)
    said = body_text(evidence)
    grounds = [
        because,
        f"answered by {quote(who, 30)}" if who else "",
        f"body: {quote(said, 60)}" if said and not because else "",
    ]
    status = evidence.connection.status or 0
    about = HttpStatus(status) if 100 <= status <= 599 else None
    joined = "; ".join(filter(None, grounds)) or f"the answer was HTTP {status}"
    return say(evidence, rule, strength, cause, joined, about=about, do=do, setting=setting)


def wrong_request(evidence: Evidence) -> Finding | None:
    """The request itself breaks RFC 6455 section 4.1, and the server said so."""
    problems = request_problems(evidence)
    if not refused(evidence, 400, 405, 426, 500, 501, 505) or not problems:
        return None
    return say_refused(
        evidence,
        "request-malformed",
        STRONG if len(problems) == 1 or evidence.connection.status in (400, 426) else LIKELY,
        f"the request's {problems[0]}",
        ", and ".join(f"its {problem}" for problem in problems[1:]) or "seen in the request as it came",
        do="correct the client's handshake, or use a library for it",
    )


def request_problems(evidence: Evidence) -> list[str]:
    """What is wrong with the request, each as what follows "the request's". Source: RFC 6455 section 4.1."""
    request = evidence.request
    if request is None:
        return []
    problems: list[str] = []
    if request.method != "GET":
        problems.append(f"method is {text.shorten(text.visible(request.method), 20)}, not GET")
    version = request.get("sec-websocket-version")
    if version != "13":
        problems.append(f"Sec-WebSocket-Version is {quote(version, 12) if version else 'missing'}, not 13")
    key = request.get("sec-websocket-key")
    if not _is_key(key):
        problems.append(f"Sec-WebSocket-Key is {'not 16 bytes in base64' if key else 'missing'}")
    if "upgrade" not in request.tokens("connection"):
        problems.append("Connection does not say Upgrade")
    if request.version == "HTTP/1.0":
        problems.append("version is HTTP/1.0")
    return problems


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


_HINTS = ("missing connection header", "missing upgrade header", "upgrade required", 'can "upgrade" only to')
"""What servers say to a request whose Upgrade or Connection header was lost: websockets, Tornado, Node ws."""


def upgrade_stripped(evidence: Evidence) -> Finding | None:
    """The request asked for an upgrade, and the server behind a proxy did not see that it did."""
    if not refused(evidence, 400, 404, 426, 505) or evidence.request is None or wrong_request(evidence) is not None:
        return None
    status, said, before = evidence.connection.status, body_text(evidence), gateways(evidence)
    says_so = status in (426, 505) or any(hint in said.lower() for hint in _HINTS)
    if not before and (not says_so or status == 426):
        return None  # a server that speaks plain HTTP here answers the same
    if not says_so and _is_own_page(evidence, said):
        return None
    if not says_so and status == 400 and said and "upgrade" not in said.lower():
        return None
    who = before[0].name if len(before) == 1 else "a proxy"
    return say_refused(
        evidence,
        "upgrade-stripped",
        STRONG if says_so else LIKELY,
        f"{who} does not pass the Upgrade on",
        f"the request had it; HTTP {status}" + (f", body {quote(said, 60)}" if said else ""),
        do="let the proxy speak HTTP/1.1 to the server and pass Upgrade and Connection on",
        setting="proxy_http_version 1.1; proxy_set_header Upgrade and Connection (nginx)" if who == "nginx" else "",
    )


def _is_own_page(evidence: Evidence, said: str) -> bool:
    """Whether the gateway itself wrote the page: it signs with its name, or writes as only it does."""
    if is_haproxy_page(evidence):
        return True
    product = server_name(evidence).partition("/")[0].partition(" ")[0]
    return bool(product) and product in said.lower()


def not_websocket(evidence: Evidence) -> Finding | None:
    """200, 404, 405, 426: there is something else than a WebSocket at this path."""
    if not refused(evidence, 200, 204, 404, 405, 410, 426, 501):
        return None
    if wrong_request(evidence) or upgrade_stripped(evidence) or tls_expected(evidence):
        return None
    status = evidence.connection.status
    if server_name(evidence).startswith("uvicorn"):
        return _uvicorn_over_http(evidence)
    if status in (404, 410):
        rule, cause = "no-such-path", quoted("the server has nothing at ", evidence.connection.path)
        do = "correct the path; a server may also say this to a wrong Host"
    else:
        rule, cause = "no-websocket-here", "the server speaks plain HTTP here, no WebSocket"
        do = "correct path or port, or enable WebSocket in the server and in every proxy before it"
    return say_refused(evidence, rule, STRONG, cause, do=do)


def _uvicorn_over_http(evidence: Evidence) -> Finding:
    """uvicorn's HTTP side names itself; where its WebSocket side refuses, nothing does (measured: 0.54.0)."""
    return say(
        evidence,
        "no-websocket-here",
        STRONG,
        "uvicorn took the upgrade for plain HTTP, whatever the path",
        f"it answers as its HTTP side does, with {evidence.connection.status}; it has no WebSocket library, "
        "or a proxy before it dropped Upgrade",
        do="install uvicorn[standard] or websockets beside it, and check that every proxy passes Upgrade on",
        setting="--ws (uvicorn, auto)",
    )


def head_too_big(evidence: Evidence) -> Finding | None:
    """The request's head was larger than a proxy or server takes: mostly cookies."""
    if not refused(evidence, 400, 413, 414, 431, 494) or evidence.request is None:
        return None
    said, size = body_text(evidence).lower(), len(evidence.request.raw)
    says_so = "too large" in said or "too big" in said or "too long" in said
    if evidence.connection.status == 400 and not says_so:
        return None
    if size < 4000 and not says_so:
        return None
    cookies = len(evidence.asked("cookie"))
    return say_refused(
        evidence,
        "request-too-big",
        CERTAIN if says_so else STRONG,
        f"the request's head is too big: {text.size(size)}" + (f", cookies {text.size(cookies)}" if cookies else ""),
        f"body: {quote(said, 60)}" if says_so else f"HTTP {evidence.connection.status}",
        do="send fewer or smaller cookies, or raise the limit",
        setting="large_client_header_buffers (nginx, 8 kB)" if "nginx" in server_name(evidence) else "",
    )


def subprotocol_refused(evidence: Evidence) -> Finding | None:
    """The upgrade was refused because of the subprotocol."""
    if not refused(evidence, 400, 406, 501):
        return None
    said = body_text(evidence).lower()
    asked = evidence.asked("sec-websocket-protocol")
    if "subprotocol" not in said and not (asked and "sec-websocket-protocol" in said):
        return None
    return say_refused(
        evidence,
        "subprotocol-refused",
        STRONG,
        "the server speaks none of the subprotocols offered"
        if asked
        else "the server wants a subprotocol, and the client offers none",
        (f"the client offers {quote(asked, 40)}; " if asked else "") + f"body: {quote(said, 60)}",
        do="let both speak the same subprotocol: the names must be equal",
    )


RULES: tuple[Rule, ...] = (wrong_request, subprotocol_refused, upgrade_stripped, head_too_big, not_websocket)
