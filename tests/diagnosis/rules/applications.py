"""The server's and the client's own code, and what it decides."""

from __future__ import annotations

from tests.diagnosis.building import CLIENT, SERVER, Made, S, opened
from tests.diagnosis.rules.table import Pair, Table
from wsinspect.diagnosis.rules import client, policy, server_failure

UVICORN = "server: uvicorn"
BROWSER = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36"

SERVER_FAILURE: Table = {
    server_failure.handler_failed: Pair(
        opened().text(CLIENT, 1000).shut(SERVER, 1043, 1011).evidence(),
        opened().text(CLIENT, 1000).shut(SERVER, 9000, 1011).evidence(),
    ),
    server_failure.failed_unprompted: Pair(
        opened().text(CLIENT, 1000).shut(SERVER, 9000, 1011).evidence(),
        opened().text(CLIENT, 1000).shut(SERVER, 9000, 1011, "keepalive ping timeout").evidence(),
    ),
    server_failure.dropped_on_message: Pair(
        opened(UVICORN).text(CLIENT, 1000).ends(SERVER, 1043).evidence(),
        opened(UVICORN).text(CLIENT, 1000).text(SERVER, 1010).ends(SERVER, 1043).evidence(),
    ),
    server_failure.ended_at_once: Pair(
        opened(UVICORN).ends(SERVER, 30).evidence(), opened(UVICORN).text(SERVER, 10).ends(SERVER, 30).evidence()
    ),
    server_failure.empty_close_on_message: Pair(
        opened("server: granian").text(CLIENT, 10).shut(SERVER, 30, None).evidence(),
        opened("server: hypercorn-h11").text(CLIENT, 10).shut(SERVER, 30, None).evidence(),
    ),
    server_failure.known_reason: Pair(
        opened().text(CLIENT, 10).shut(SERVER, 40 * S, 1001, "Connection Idle Timeout").evidence(),
        opened().text(CLIENT, 10).shut(SERVER, 40 * S, 1001, "see you tomorrow").evidence(),
    ),
    server_failure.handler_returned: Pair(
        opened().shut(SERVER, 30, 1000).evidence(), opened().shut(SERVER, 30, 1000, "ping timed out").evidence()
    ),
}

FORTY = opened()
TWO = opened().text(CLIENT, 10).text(CLIENT, 20)
for _number in range(40):
    FORTY.text(CLIENT, 10 + _number)

POLICY: Table = {
    policy.vendor_code: Pair(
        Made().upgraded(subprotocol="graphql-transport-ws").text(CLIENT, 9).shut(SERVER, 12, 4401).evidence(),
        Made().upgraded(subprotocol="chat.v2").text(CLIENT, 9).shut(SERVER, 12, 4401).evidence(),
    ),
    policy.rate_limited: Pair(FORTY.shut(SERVER, 60, 1008).evidence(), TWO.shut(SERVER, 60, 1008).evidence()),
    policy.auth_refused: Pair(
        opened().text(CLIENT, 9).shut(SERVER, 12, 1008, "invalid token").evidence(),
        opened().text(CLIENT, 9).shut(SERVER, 12, 1008, "wrong room").evidence(),
    ),
    policy.forbidden: Pair(
        opened().text(CLIENT, 9).shut(SERVER, 12, 1008, "access denied").evidence(),
        opened().text(CLIENT, 9).shut(SERVER, 12, 1008, "invalid token").evidence(),
    ),
    policy.in_band_error: Pair(
        opened().text(SERVER, 9, '{"type": "error", "message": "quota"}').shut(SERVER, 12, 1000).evidence(),
        opened().text(SERVER, 9, '{"type": "tick", "message": "error"}').shut(SERVER, 12, 1000).evidence(),
    ),
    policy.wrong_type: Pair(
        opened().binary(CLIENT, 9).shut(SERVER, 12, 1003).evidence(),
        opened().breaks(CLIENT, 9, "mask-missing").shut(SERVER, 12, 1003, "masking is required").evidence(),
    ),
    policy.overloaded: Pair(
        opened().shut(SERVER, 12, 1013, "full").evidence(), opened().shut(CLIENT, 12, 1013, "full").evidence()
    ),
    policy.extension_missing: Pair(
        opened().asks("Sec-WebSocket-Extensions: x-delta").shut(CLIENT, 12, 1010).evidence(),
        opened().asks("Sec-WebSocket-Extensions: x-delta").shut(SERVER, 12, 1010).evidence(),
    ),
    policy.policy: Pair(
        opened().text(CLIENT, 9).shut(SERVER, 12, 1008, "wrong room").evidence(),
        opened().text(CLIENT, 9).shut(SERVER, 12, 1008, "invalid token").evidence(),
    ),
    policy.application_code: Pair(
        opened().text(SERVER, 9).shut(SERVER, 12, 4102, "room deleted").evidence(),
        opened().text(SERVER, 9).shut(CLIENT, 12, 4102, "room deleted").evidence(),
    ),
}

CLIENT_SIDE: Table = {
    client.page_left: Pair(
        opened().asks(BROWSER).shut(CLIENT, 12, 1001).evidence(),
        opened().asks("User-Agent: okhttp/4.12").shut(CLIENT, 12, 1001).evidence(),
    ),
    client.client_leaves: Pair(
        opened().asks("User-Agent: okhttp/4.12").shut(CLIENT, 12, 1001).evidence(),
        opened().asks("User-Agent: okhttp/4.12").shut(SERVER, 12, 1001).evidence(),
    ),
    client.client_done: Pair(
        opened().text(SERVER, 9).shut(CLIENT, 12, 1000, "bye").evidence(),
        opened().text(SERVER, 9).shut(CLIENT, 12, 1000, "heartbeat timeout").evidence(),
    ),
    client.client_code: Pair(
        opened().text(SERVER, 9).shut(CLIENT, 12, 4001).evidence(),
        opened().text(SERVER, 9).shut(CLIENT, 12, 1002).evidence(),
    ),
    client.client_failed: Pair(
        opened().text(SERVER, 9).shut(CLIENT, 12, 1011).evidence(),
        opened().text(SERVER, 9).shut(SERVER, 12, 1011).evidence(),
    ),
    client.empty_close: Pair(opened().shut(CLIENT, 12, None).evidence(), opened().ends(CLIENT, 12).evidence()),
}
