"""wsinspect could not reach the target: the cause is the server's side or the way there, the answer is ours."""

from __future__ import annotations

from wsinspect import text
from wsinspect.codes import HttpStatus, Topic
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, say
from wsinspect.model import Ending, Finding, Side

_TLS_FAILED = 1015


def _unreached(evidence: Evidence, *stages: str) -> bool:
    return evidence.connection.upgraded_ns is None and evidence.failed_stage in stages


def _topic(evidence: Evidence) -> Topic | None:
    """A failed TLS handshake is what 1015 stands for; any other failure is what our answer says."""
    if evidence.failed_stage == "tls":
        return _TLS_FAILED
    status = evidence.connection.status
    return HttpStatus(status) if status is not None else None


def _say(evidence: Evidence, rule: str, cause: str, do: str, *, is_sure: bool = True) -> Finding:
    because = text.shorten(text.visible(evidence.connection.failure), 100)
    ours = f"; wsinspect answered {evidence.connection.status}" if evidence.connection.status_by_us else ""
    strength = CERTAIN if is_sure else STRONG
    return say(evidence, rule, strength, cause, because + ours, about=_topic(evidence), do=do)


def name_unknown(evidence: Evidence) -> Finding | None:
    """The target's name has no address."""
    if not _unreached(evidence, "dns"):
        return None
    return _say(
        evidence, "name-not-resolved", "the server's name could not be resolved", "check the host name in the target"
    )


def port_closed(evidence: Evidence) -> Finding | None:
    """Nobody listens on the target's port."""
    if not _unreached(evidence, "tcp") or "refused" not in evidence.connection.failure:
        return None
    return _say(
        evidence,
        "server-down",
        "the server is down, or not on this port",
        "start it, or correct host and port; a browser shows only 1006 for this",
    )


def no_route(evidence: Evidence) -> Finding | None:
    """No answer from the target's address."""
    if not _unreached(evidence, "tcp") or "refused" in evidence.connection.failure:
        return None
    return _say(
        evidence,
        "server-unreachable",
        "the server's address does not answer",
        "check address, network, firewall and security group",
    )


_CERTIFICATES = {
    "has expired": ("certificate-expired", "the server's certificate has expired", "renew the certificate"),
    "not valid yet": ("certificate-early", "the server's certificate is not valid yet", "check the clocks of both"),
    "another host name": (
        "certificate-name",
        "the server's certificate is for another host name",
        "use the name that is in the certificate, or issue one for this name",
    ),
    "not for this address": (
        "certificate-name",
        "the server's certificate is not for this address",
        "use the name that is in the certificate",
    ),
    "self-signed": (
        "certificate-untrusted",
        "the server's certificate is self-signed and not trusted here",
        "trust it with --ca FILE, or use a certificate of a known authority",
    ),
    "unknown authority": (
        "certificate-untrusted",
        "the server's certificate is of an authority not trusted here",
        "trust it with --ca FILE; a missing intermediate certificate looks the same",
    ),
}


def bad_certificate(evidence: Evidence) -> Finding | None:
    """The server's certificate was not accepted."""
    if not _unreached(evidence, "tls"):
        return None
    for words, (rule, cause, do) in _CERTIFICATES.items():
        if words in evidence.connection.failure:
            return _say(evidence, rule, cause, do)
    return None


def not_tls(evidence: Evidence) -> Finding | None:
    """wss:// to a port that speaks no TLS."""
    if not _unreached(evidence, "tls") or "does not speak TLS" not in evidence.connection.failure:
        return None
    return _say(
        evidence, "port-without-tls", "wss:// was used, but this port does not speak TLS", "use ws://, or the TLS port"
    )


def tls_failed(evidence: Evidence) -> Finding | None:
    """Any other failure of TLS with the server."""
    if not _unreached(evidence, "tls") or bad_certificate(evidence) or not_tls(evidence):
        return None
    return _say(
        evidence,
        "tls-failed",
        "TLS with the server failed before any WebSocket",
        "compare TLS versions, ciphers, and whether the server asks for a client certificate",
    )


def tls_broken_off(evidence: Evidence) -> Finding | None:
    """The server ended TLS before it answered the upgrade: so it refuses a client in TLS 1.3."""
    end = evidence.connection.server_end
    if evidence.failed_stage != "upgrade" or evidence.response is not None or end is None or evidence.body:
        return None
    if evidence.closer is not Side.SERVER or end.how not in (Ending.TLS_ALERT, Ending.TLS_TRUNCATED):
        return None
    is_alert = end.how is Ending.TLS_ALERT
    return say(
        evidence,
        "tls-broken-off",
        STRONG if is_alert else LIKELY,
        "the server ended TLS at once: it may want a client certificate",
        "a TLS alert came instead of an answer" if is_alert else "TCP ended without close_notify and without an answer",
        about=_TLS_FAILED,
        do="see the server's log; ask whether it wants client certificates, and which TLS versions and names it takes",
    )


def tls_expected(evidence: Evidence) -> Finding | None:
    """ws:// to a port that speaks TLS: it answers with an alert, or a page that says so."""
    if evidence.connection.upgraded_ns is not None:
        return None
    # Source: RFC 8446 section 5.1: a record begins with its type, 21 alert or 22 handshake, and version 3.x.
    is_record = evidence.response is None and evidence.body[:1] in (b"\x15", b"\x16") and evidence.body[1:2] == b"\x03"
    said = evidence.body.lower()
    is_page = evidence.response is not None and b"http request was sent to https port" in said
    is_page = is_page or (evidence.response is not None and b"http request to an https server" in said)
    if not is_record and not is_page:
        return None
    return say(
        evidence,
        "port-with-tls",
        CERTAIN,
        "ws:// was used, but this port speaks TLS",
        "it answered with a TLS record" if is_record else "its page says so",
        do="use wss://, or the port without TLS",
    )


RULES: tuple[Rule, ...] = (
    name_unknown,
    port_closed,
    no_route,
    bad_certificate,
    not_tls,
    tls_failed,
    tls_broken_off,
    tls_expected,
)
