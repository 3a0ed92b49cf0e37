"""Own doing, the target, and transport."""

from __future__ import annotations

from tests.diagnosis.building import CLIENT, SERVER, Made, S, opened
from tests.diagnosis.rules.table import Pair, Table
from wsinspect.diagnosis.rules import own, target, transport
from wsinspect.model import EndedBy, Ending

FAILED = "wsinspect failed on this connection: ValueError: x"

OWN: Table = {
    own.wsinspect_failed: Pair(
        opened().note(50, FAILED).ends(SERVER, 51, Ending.RST, by=EndedBy.US).evidence(),
        opened().note(50, "the answer chose an extension that was not offered").ends(SERVER, 51).evidence(),
    ),
    own.capture_stopped: Pair(
        opened().text(CLIENT, 5).ends(SERVER, 900, by=EndedBy.US).evidence(),
        opened().text(CLIENT, 5).ends(SERVER, 900).evidence(),
    ),
    own.request_refused_by_us: Pair(
        Made().refused(421, body="wsinspect: the host name 'x' is not known here", by_us=True).evidence(),
        Made().refused(421, body="misdirected").evidence(),
    ),
}


def _tls(failure: str) -> Made:
    return Made(url="wss://127.0.0.1:9000").unreached(failure, "tls")


def _ended(how: Ending) -> Made:
    made = Made(url="wss://127.0.0.1:9000").ends(SERVER, 20, how)
    made.stage = "upgrade"
    return made


REFUSED = "127.0.0.1:9000: connection refused"
EXPIRED = "the server's certificate has expired"
PLAIN = "the server does not speak TLS on this port"

TARGET: Table = {
    target.name_unknown: Pair(
        Made().unreached("the name x cannot be resolved", "dns").evidence(),
        Made().unreached(REFUSED, "tcp").evidence(),
    ),
    target.port_closed: Pair(
        Made().unreached(REFUSED, "tcp").evidence(),
        Made().unreached("no answer from 10.0.0.1:9000 in 15 s", "tcp").evidence(),
    ),
    target.no_route: Pair(
        Made().unreached("no answer from 10.0.0.1:9000 in 15 s", "tcp").evidence(),
        Made().unreached(REFUSED, "tcp").evidence(),
    ),
    target.bad_certificate: Pair(_tls(EXPIRED).evidence(), _tls(PLAIN).evidence()),
    target.not_tls: Pair(_tls(PLAIN).evidence(), _tls(EXPIRED).evidence()),
    target.tls_failed: Pair(_tls("the TLS handshake failed: no shared cipher").evidence(), _tls(EXPIRED).evidence()),
    target.tls_broken_off: Pair(_ended(Ending.TLS_ALERT).evidence(), _ended(Ending.CLOSE_NOTIFY).evidence()),
    target.tls_expected: Pair(
        Made().refused(400, body="<h1>The plain HTTP request was sent to HTTPS port</h1>").evidence(),
        Made().refused(400, body="<h1>Bad Request</h1>").evidence(),
    ),
}

TRANSPORT: Table = {
    transport.machine_slept: Pair(
        opened().ends(SERVER, 60 * S).evidence(sleeps=[(58 * S, 720)]),
        opened().shut(CLIENT, 60 * S, 4001, "bye").evidence(sleeps=[(58 * S, 720)]),
    ),
    transport.unreachable: Pair(
        opened().ends(CLIENT, 60 * S, Ending.TIMEOUT).evidence(),
        opened().ends(CLIENT, 60 * S, Ending.RST).evidence(),
    ),
    transport.client_left_at_once: Pair(
        opened().ends(CLIENT, 30).evidence(),
        opened().text(CLIENT, 10).ends(CLIENT, 30).evidence(),
    ),
    transport.client_dropped: Pair(
        opened().text(SERVER, 10).ends(CLIENT, 3 * S).evidence(),
        opened().text(SERVER, 10).ends(SERVER, 3 * S).evidence(),
    ),
    transport.server_dropped: Pair(
        opened().text(SERVER, 10).ends(SERVER, 3 * S).evidence(),
        opened().text(SERVER, 10).ends(SERVER, 3 * S, by=EndedBy.US).evidence(),
    ),
}
