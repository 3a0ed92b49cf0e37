"""The rules for request heads: which are taken, and what is changed in them on the way to the target."""

from __future__ import annotations

import pytest

from tests.peers.raw import upgrade_request
from wsinspect.capture.heads import Rules, host_name
from wsinspect.capture.target import Target, parse_target
from wsinspect.wire.handshake import parse_request

TARGET = parse_target("wss://api.example:8443/base?v=1")


def rules(**changes: object) -> Rules:
    values: dict[str, object] = {
        "target": TARGET,
        "hosts": frozenset({"dev.example"}),
        "origins": frozenset({"http://localhost:8080"}),
        "is_tls": False,
    }
    return Rules(**(values | changes))  # type: ignore[arg-type]


def request(path: str = "/", *lines: str, host: str = "127.0.0.1:8080") -> bytes:
    return upgrade_request(path, *lines, host=host)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8080", "LOCALHOST.", "app.localhost:1", "127.0.0.1", "192.168.1.7:80"),
        *("[::1]:8080", "[fe80::1%25lo]", "dev.example", "Dev.Example:99"),
    ],
)
def test_host_is_taken(host: str) -> None:
    assert rules().refusal(parse_request(request(host=host))) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8080", "xlocalhost", "", "127.1", "0x7f.1"]
)
def test_host_is_refused(host: str) -> None:
    refusal = rules().refusal(parse_request(request(host=host)))
    assert refusal is not None
    assert refusal.status == 421
    assert f"--allow-host {host_name(host)}" in refusal.text


def test_host_in_an_absolute_target_counts_too() -> None:
    head = request("http://evil.example/x")
    refusal = rules().refusal(parse_request(head))
    assert refusal is not None
    assert refusal.status == 421
    assert rules().asked(parse_request(request("http://localhost:8080/x?y=1"))) == "/x?y=1"
    assert rules().asked(parse_request(request("http://localhost:8080?y=1"))) == "/?y=1"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n", 400),
        (b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        (request("/", "Content-Length: 5"), 400),
        (request("/", "Transfer-Encoding: chunked"), 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n\r\n", 400),
    ],
)
def test_ambiguous_request_is_refused(head: bytes, status: int) -> None:
    refusal = rules().refusal(parse_request(head))
    assert refusal is not None
    assert refusal.status == status
    assert b"HTTP/1.1 %d " % status in refusal.head


def test_only_host_and_path_change() -> None:
    head = (
        b"GET /chat?room=1 HTTP/1.1\r\nhOST:   127.0.0.1:8080 \r\nUpgrade:websocket\r\nX-Odd :\xe9\r\n".replace(
            b"X-Odd :", b"X-Odd:"
        )
        + b"Connection: keep-alive, Upgrade\r\norigin: http://other.example\r\n\r\n"
    )
    assert rules().forwarded(parse_request(head)) == head.replace(b"/chat?room=1", b"/base/chat?v=1&room=1").replace(
        b"127.0.0.1:8080 ", b"api.example:8443"
    )


def test_keep_host() -> None:
    head = request("/", "Origin: http://127.0.0.1:8080")
    assert rules(keep_host=True).forwarded(parse_request(head)) == head.replace(b"GET / ", b"GET /base?v=1 ")


@pytest.mark.parametrize(
    ("origin", "sent"),
    [
        ("http://127.0.0.1:8080", "https://api.example:8443"),
        ("http://LOCALHOST:8080", "https://api.example:8443"),
        ("https://127.0.0.1:8080", "https://127.0.0.1:8080"),
        ("http://127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("http://evil.example:8080", "http://evil.example:8080"),
        ("null", "null"),
    ],
)
def test_origin_is_ours_or_stays(origin: str, sent: str) -> None:
    forwarded = rules().forwarded(parse_request(request("/", f"Origin: {origin}")))
    assert parse_request(forwarded).get("origin") == sent


def test_origin_can_be_forced() -> None:
    forced = rules(origin="https://forced.example")
    for head in (request("/", "Origin: null"), request()):
        assert parse_request(forced.forwarded(parse_request(head))).get("origin") == "https://forced.example"
    plain = parse_request(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert "origin" not in forced.forwarded(plain).decode().lower()


@pytest.mark.parametrize(
    ("target", "asked", "sent"),
    [
        ("ws://h", "/", "/"),
        ("ws://h/", "/", "/"),
        ("ws://h", "/x?y", "/x?y"),
        ("ws://h/base", "/", "/base"),
        ("ws://h/base/", "/", "/base/"),
        ("ws://h/base/", "/x", "/base/x"),
        ("ws://h/base", "/x/", "/base/x/"),
        ("ws://h/base?t=1", "/", "/base?t=1"),
        ("ws://h/base?t=1", "/?a=2", "/base?t=1&a=2"),
        ("ws://h?t=1", "/x?a=2", "/x?t=1&a=2"),
        ("ws://h", "/x?", "/x?"),
        ("ws://h", "//x", "//x"),
    ],
)
def test_paths_are_joined(target: str, asked: str, sent: str) -> None:
    assert parse_target(target).joined(asked) == sent


def test_target_parts() -> None:
    assert parse_target("WSS://Example.com") == Target(True, "example.com", 443, "", "")
    assert parse_target("http://[::1]:90/a?b").authority == "[::1]:90"
    assert parse_target("ws://bücher.example/").host == "xn--bcher-kva.example"
    assert parse_target("wss://h/").origin == "https://h"
