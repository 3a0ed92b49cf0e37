"""A gateway speaks: about the server behind it, or for itself."""

from __future__ import annotations

from wsinspect import text
from wsinspect.codes import HttpStatus
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import quote, server_name
from wsinspect.diagnosis.gateways import is_haproxy_page
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, say
from wsinspect.model import Finding, Side


def upstream_failed(evidence: Evidence) -> Finding | None:
    """1014: a gateway says that the server behind it failed."""
    if evidence.code != 1014 or evidence.closer is not Side.SERVER:
        return None
    via = evidence.answered("via")
    who = f"the answer came via {quote(via, 40)}; " if via else ""
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "code 1014 says so"
    return say(
        evidence,
        "upstream-failed",
        CERTAIN if evidence.reason and via else STRONG,
        "the server behind the gateway failed; the gateway is well",
        who + said,
        do="look at the server behind the gateway: is it up, does it speak WebSocket on that port",
    )


_BEHIND = {
    502: "the server behind the proxy is down or gave no valid answer",
    503: "no server is up behind the proxy, or it is full or stopping",
    504: "the server behind the proxy did not answer in time",
}


def bad_gateway(evidence: Evidence) -> Finding | None:
    """502, 503 or 504: a proxy is alive, and what is behind it is not."""
    status = evidence.connection.status
    if status not in (502, 503, 504) or evidence.connection.status_by_us:
        return None
    said = body_text(evidence)
    is_proxy = bool(evidence.answered("via")) or status != 503 or "no server is available" in said.lower()
    who = "HAProxy" if is_haproxy_page(evidence) else server_name(evidence)
    return say(
        evidence,
        "gateway-without-server",
        STRONG if is_proxy else LIKELY,
        _BEHIND[status] if is_proxy else "the server, or one behind it, is down, full or stopping",
        (f"answered by {quote(who, 30)}" if who else "the answer names no software")
        + (f"; body: {quote(said, 60)}" if said else ""),
        about=HttpStatus(status),
        do="check that the server behind the proxy is up and listens on the port the proxy uses; see the proxy's log",
    )


def body_text(evidence: Evidence) -> str:
    """The refusal's body as one line without markup, not safe to show; empty when it is not text."""
    kind = evidence.answered("content-type").lower()
    if not evidence.body or (kind and "text" not in kind and "json" not in kind):
        return ""
    said = evidence.body.decode("utf-8", "replace")
    if "<" in said:
        words: list[str] = []
        for part in said.split("<"):
            words.append(part.partition(">")[2] if ">" in part else part)
        said = " ".join(words)
    return text.shorten(" ".join(said.split()), 300)


RULES: tuple[Rule, ...] = (upstream_failed, bad_gateway)
