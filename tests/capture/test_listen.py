"""Where we listen: the free port, the taken port, the loop, the network beyond this machine."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.capture.running import relaying, session_file
from tests.peers.raw import raw_client, raw_server, upgrade_request
from wsinspect.capture import listen
from wsinspect.capture.listen import (
    Listener,
    lan_notices,
    open_listeners,
    own_names,
    own_origins,
    parse_listen,
)
from wsinspect.capture.plan import CapturePlan
from wsinspect.capture.service import start
from wsinspect.capture.target import Target, parse_target
from wsinspect.errors import EnvironmentProblem, UsageError

pytestmark = pytest.mark.integration

TARGET = parse_target("ws://server.example:9000")


@contextlib.contextmanager
def opened(*wanted: str, target: Target = TARGET) -> Iterator[list[Listener]]:
    listeners = open_listeners(wanted, target)
    try:
        yield listeners
    finally:
        for listener in listeners:
            listener.sock.close()


@contextlib.contextmanager
def taken(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen()
        yield int(sock.getsockname()[1])


@pytest.fixture
def first_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A default port of this test's own, so that nothing else on the machine disturbs it."""
    with taken() as port:
        pass
    monkeypatch.setattr(listen, "DEFAULT_PORT", port)
    return port


def test_default_is_both_families_on_one_port(first_port: int) -> None:
    with opened() as listeners:
        assert [listener.authority for listener in listeners] == [f"127.0.0.1:{first_port}", f"[::1]:{first_port}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_default_takes_the_next_port_when_one_family_is_taken(first_port: int, host: str) -> None:
    with taken(host, first_port), opened() as listeners:
        ports = {listener.port for listener in listeners}
        assert len(ports) == 1
        assert first_port not in ports


@pytest.mark.parametrize("target", ["ws://localhost:{}", "ws://127.0.0.1:{}", "ws://[::1]:{}"])
def test_default_leaves_the_targets_port_alone(first_port: int, target: str) -> None:
    with opened(target=parse_target(target.format(first_port))) as listeners:
        assert listeners[0].port != first_port


def test_default_gives_up_with_a_hint(first_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "_TRIES", 1)
    with taken(port=first_port), pytest.raises(EnvironmentProblem, match="no free port") as caught:
        open_listeners((), TARGET)
    assert "--listen" in caught.value.hint


def test_explicit_port_that_is_taken_fails() -> None:
    with taken() as port, pytest.raises(EnvironmentProblem, match=f"127.0.0.1:{port}: the address is taken") as caught:
        open_listeners((f"127.0.0.1:{port}",), TARGET)
    assert caught.value.hint


def test_address_of_another_machine() -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        open_listeners(("192.0.2.1:0",), TARGET)
    assert caught.value.hint == "that address is not one of this machine"


def test_name_that_does_not_resolve() -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be resolved"):
        open_listeners(("nowhere.invalid:0",), TARGET)


def test_second_failure_closes_the_first() -> None:
    with taken() as port:
        pass
    with pytest.raises(UsageError):
        open_listeners((f"127.0.0.1:{port}", "nonsense"), TARGET)
    with taken(port=port):
        pass


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:80", "127.0.0.1", 80),
        ("[::1]:80", "::1", 80),
        (":8081", "", 8081),
        ("8081", "", 8081),
        ("LocalHost:0", "localhost", 0),
        ("*:1", "*", 1),
    ],
)
def test_listen_texts(text: str, host: str, port: int) -> None:
    assert parse_listen(text) == (host, port)


@pytest.mark.parametrize("text", ["", "host", "host:", "::1:80", "host:99999", "host:-1", "host:１"])
def test_bad_listen_texts(text: str) -> None:
    with pytest.raises(UsageError):
        parse_listen(text)


@pytest.mark.parametrize(
    ("text", "hosts", "names"),
    [
        ("localhost:0", ["127.0.0.1", "::1"], {"localhost"}),
        (":0", ["127.0.0.1", "::1"], {"127.0.0.1", "[::1]"}),
        ("[::1]:0", ["::1"], {"[::1]"}),
        ("*:0", ["0.0.0.0", "::"], {"127.0.0.1"}),
        ("0.0.0.0:0", ["0.0.0.0"], {"127.0.0.1"}),
    ],
)
def test_what_is_bound(text: str, hosts: list[str], names: set[str]) -> None:
    with opened(text) as listeners:
        assert [listener.host for listener in listeners] == hosts
        assert {listener.authority.rpartition(":")[0] for listener in listeners} == names
        assert len({listener.port for listener in listeners}) == 1


def test_notices_only_beyond_this_machine() -> None:
    with opened("127.0.0.1:0", "localhost:0") as listeners:
        assert lan_notices(listeners) == ()
    with opened("0.0.0.0:0") as listeners:
        (notice,) = lan_notices(listeners)
        assert notice.startswith(f"listening beyond this machine on 0.0.0.0 port {listeners[0].port}: ")


def test_own_names_and_origins() -> None:
    with opened("localhost:0") as listeners:
        port = listeners[0].port
        assert own_names(listeners) == {"localhost", "127.0.0.1", "::1"}
        assert own_origins(listeners, is_tls=True) == {
            f"https://localhost:{port}",
            f"https://127.0.0.1:{port}",
            f"https://[::1]:{port}",
        }


async def _start(folder: Path, target: str, listen_at: str) -> None:
    capture, _ = await start(CapturePlan(session_file(folder), target, listen=(listen_at,)))
    await capture.stop()


@pytest.mark.parametrize(
    ("listen_at", "target"),
    [
        ("127.0.0.1:{}", "ws://127.0.0.1:{}"),
        ("127.0.0.1:{}", "ws://localhost:{}"),
        ("0.0.0.0:{}", "ws://127.0.0.1:{}/path"),
        ("[::1]:{}", "http://[::1]:{}"),
    ],
)
async def test_target_that_is_ourselves(tmp_path: Path, listen_at: str, target: str) -> None:
    with taken() as port:
        pass
    with pytest.raises(UsageError, match="wsinspect itself listens on"):
        await _start(tmp_path, target.format(port), listen_at.format(port))
    assert not session_file(tmp_path).exists()
    with taken(port=port):
        pass


async def test_other_port_is_no_loop(tmp_path: Path) -> None:
    await _start(tmp_path, "ws://127.0.0.1:9", "127.0.0.1:0")


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("localhost:9000", "has no scheme"),
        ("ftp://localhost", "ftp://"),
        ("ws://", "names no host"),
        ("ws://host:99999", "not a valid URL"),
        ("ws://[::1", "not a valid URL"),
        ("ws://user:secret@host", "user name or password"),
        ("ws://host/#x", "fragment"),
        ("ws://host/ä", "percent-encode"),
        ("ws://ho..st/", "host name"),
    ],
)
def test_bad_targets(target: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_target(target)
    assert problem in str(caught.value)
    assert caught.value.hint
    assert "secret" not in str(caught.value)


async def test_file_that_exists_or_cannot_be_made(tmp_path: Path) -> None:
    session_file(tmp_path).write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        await _start(tmp_path, "ws://127.0.0.1:9", "127.0.0.1:0")
    assert session_file(tmp_path).read_text() == "precious"
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        await _start(tmp_path / "no folder", "ws://127.0.0.1:9", "127.0.0.1:0")


async def test_both_families_serve(tmp_path: Path) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path, listen=("localhost:0",)) as relay:
        for host in ("127.0.0.1", "::1"):
            async with raw_client(relay.port, host) as client:
                await client.send(upgrade_request(host=f"localhost:{relay.port}"))
                peer = await server.accept()
                await peer.accept_upgrade()
                assert (await client.head()).startswith(b"HTTP/1.1 101")
                client.reset()
                await peer.to_end()
