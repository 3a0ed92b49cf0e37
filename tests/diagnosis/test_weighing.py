"""What speaks for and against two codes on screen."""

from __future__ import annotations

from tests.diagnosis.building import CLIENT, SERVER, Made, S, opened
from wsinspect.codes import HttpStatus, VendorCode
from wsinspect.diagnosis import Evidence, Weighed, for_and_against

HEAD = (
    b"GET /orders HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ORDER = '{"type":"place","qty":null}'


def _said(weighed: Weighed, *, is_for: bool) -> list[str]:
    return [fact.said for fact in weighed.facts if fact.is_for is is_for]


def _both(evidence: Evidence, a: int, b: int) -> tuple[Weighed, Weighed]:
    return for_and_against(evidence, a, b)


def test_a_crash_beside_a_bad_gateway() -> None:
    crash = opened(number=4).text(CLIENT, 1000, ORDER).shut(SERVER, 1043, 1011)
    before = opened(number=2, opened=-60 * S).text(CLIENT, 500, ORDER).shut(SERVER, 530, 1011)
    error, gateway = _both(crash.evidence(before, messages=True), 1011, 1014)
    assert (error.topic, gateway.topic) == ("1011", "1014")
    assert _said(error, is_for=False) == []
    assert _said(error, is_for=True)[:3] == [
        "the server's close frame says 1011",
        "the same message came before the same close of #2",
        'it closed 43.0 ms after message 1, "{"type":"place","qty":null}"',
    ]
    assert _said(gateway, is_for=True) == []
    assert "no gateway names itself in the answer to the upgrade" in _said(gateway, is_for=False)
    elsewhere = next(fact for fact in error.facts if fact.others)
    assert (elsewhere.rows, elsewhere.others) == ((1,), (2,))


def test_of_a_binary_message_only_text_is_quoted() -> None:
    for data, told in ((b"\x08\x96\x01", "3 B of binary"), (b'{"n":1}', '"{"n":1}"')):
        crash = opened().binary(CLIENT, 1000, data).shut(SERVER, 1043, 1011)
        error, _ = _both(crash.evidence(messages=True), 1011, 1014)
        assert f"it closed 43.0 ms after message 1, {told}" in _said(error, is_for=True)


def test_what_speaks_for_a_code_comes_before_what_speaks_against_it() -> None:
    crash = opened().text(CLIENT, 1000, ORDER).shut(SERVER, 9000, 1011)
    for weighed in _both(crash.evidence(), 1011, 1012):
        order = [fact.is_for for fact in weighed.facts]
        assert order == sorted(order, reverse=True)


def test_a_cut_connection_beside_a_code() -> None:
    cut = opened("Via: 1.1 google").text(CLIENT, 10).ends(SERVER, 60_000)
    abnormal, away = _both(cut.evidence(), 1006, 1001)
    assert _said(abnormal, is_for=True) == ["neither side sent a close frame", "nothing had been sent for 1:00"]
    assert "neither side sent a close frame" in _said(away, is_for=False)


def test_a_refusal_beside_its_sibling_code() -> None:
    down = Made().unreached("127.0.0.1:9000: connection refused", "tcp")
    refused, gateway = for_and_against(down.evidence(), HttpStatus(502), 1014)
    assert _said(refused, is_for=True) == [
        "the upgrade was answered with HTTP 502 by wsinspect itself",
        "wsinspect could not reach the server: 127.0.0.1:9000: connection refused",
    ]
    assert _said(gateway, is_for=False)


def test_credentials_tell_401_from_403() -> None:
    plain = Made().refused(401)
    assert "the request carried no Authorization" in " ".join(
        _said(for_and_against(plain.evidence(), HttpStatus(401), HttpStatus(403))[0], is_for=True)
    )
    signed = Made().asks("Authorization: Bearer x").refused(401)
    forbidden = for_and_against(signed.evidence(), HttpStatus(401), HttpStatus(403))[1]
    assert "the request carried credentials: Authorization" in _said(forbidden, is_for=True)


def test_a_refusal_shows_body_and_the_header_that_was_wrong() -> None:
    old = Made(raw_request=HEAD.replace(b"Version: 13", b"Version: 8")).refused(
        400, "Content-Type: text/plain", body="unsupported version\n"
    )
    bad, broken = for_and_against(old.evidence(), HttpStatus(400), 1002)
    assert _said(bad, is_for=True)[1:] == [
        'the answer says "unsupported version"',
        'the request\'s Sec-WebSocket-Version is "8", not 13',
    ]
    assert not _said(broken, is_for=True)


def test_a_refusal_shows_the_origin_and_what_the_server_asks_for() -> None:
    foreign = Made().asks("Origin: https://evil.example").refused(403)
    forbidden = for_and_against(foreign.evidence(), HttpStatus(403), 3003)[0]
    said = "the request's Origin, \"https://evil.example\", is another host than the server's"
    assert said in _said(forbidden, is_for=True)
    asked = Made().refused(401, "WWW-Authenticate: Bearer").evidence()
    login, right = for_and_against(asked, HttpStatus(401), HttpStatus(403))
    for one, is_for in ((login, True), (right, False)):
        assert 'the answer asks for a login: WWW-Authenticate: "Bearer"' in _said(one, is_for=is_for)


def test_a_refusal_says_when_to_come_back() -> None:
    full = Made().refused(503, "Retry-After: 30").evidence()
    for weighed in for_and_against(full, HttpStatus(503), 1013):
        assert 'the answer says when to come back: Retry-After: "30"' in _said(weighed, is_for=True)


def test_a_503_needs_no_gateway() -> None:
    full = Made().refused(503).evidence()
    busy, gateway = for_and_against(full, HttpStatus(503), 1014)
    none = "no gateway names itself in the answer to the upgrade"
    assert none not in _said(busy, is_for=False)
    assert none in _said(gateway, is_for=False)


def test_haproxy_is_known_by_its_page() -> None:
    made = Made()
    made.response = (
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 107\r\ncontent-type: text/html\r\n\r\n"
        b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n"
        b"</body></html>\n"
    )
    made.facts["status"] = 503
    busy = for_and_against(made.ends(SERVER, 9).evidence(), HttpStatus(503), 1013)[0]
    assert "a gateway stands before the server (the answer is a page of HAProxy's)" in _said(busy, is_for=True)
    assert 'the answer says "503 Service Unavailable No server is available to handle this request."' in _said(
        busy, is_for=True
    )


def test_an_upgraded_connection_has_no_clues_of_a_refusal() -> None:
    made = opened("WWW-Authenticate: Bearer", "Retry-After: 3").asks("Origin: https://evil.example")
    for weighed in _both(made.shut(SERVER, 9, 1008).evidence(), 1008, 3000):
        assert not any("answer" in fact.said and "gateway" not in fact.said for fact in weighed.facts)
        assert not any("Origin" in fact.said for fact in weighed.facts)


def test_a_vendors_code_is_weighed_as_the_code_it_is() -> None:
    made = Made().upgraded(subprotocol="graphql-transport-ws").text(CLIENT, 9).shut(SERVER, 12, 4401, "Unauthorized")
    vendor, _ = for_and_against(made.evidence(), VendorCode("graphql", 4401), 4403)
    assert vendor.topic == "graphql:4401"
    assert "the server's close frame says 4401" in _said(vendor, is_for=True)


def test_nothing_is_weighed_while_it_is_open() -> None:
    assert all(not weighed.facts for weighed in _both(opened().text(CLIENT, 9).evidence(), 1011, 1006))


def test_every_row_named_is_there() -> None:
    made = opened().ping(SERVER, 20).binary(CLIENT, 30, b"x" * 9000).breaks(CLIENT, 40, "mask-missing")
    evidence = made.close(SERVER, 41, 1002, "incorrect masking").ends(SERVER, 50).evidence()
    for code in (1002, 1003, 1006, 1007, 1009, 1011, 1014):
        for weighed in _both(evidence, code, 1000):
            for fact in weighed.facts:
                assert set(fact.rows) <= set(range(1, len(made.rows) + 1))
