"""TLS on either side: its endings told apart and passed on, and its failures explained."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.capture.conftest import Certificates
from tests.capture.running import recorded, relaying, session_events, session_file
from tests.peers.raw import End, RawPeer, raw_client, raw_server
from tests.peers.tls import TlsEnd, TlsPeer
from wsinspect.capture.certificates import listener_context, target_context
from wsinspect.errors import WsInspectError
from wsinspect.model import EventKind, Side, State
from wsinspect.wire.builder import build_close, build_frame

pytestmark = pytest.mark.integration

CLOSE = build_close(1011, b"boom")


@contextlib.asynccontextmanager
async def tls_target(folder: Path, certificates: Certificates) -> AsyncIterator[tuple[RawPeer, TlsPeer]]:
    """A plain client and a TLS server, joined by a relay."""
    async with raw_server() as server:
        url = f"wss://localhost:{server.port}"
        async with relaying(url, folder, ca=certificates.ca) as relay, raw_client(relay.port) as client:
            asking = asyncio.gather(client.upgrade())
            peer = TlsPeer(await server.accept(), certificates.server_context())
            await peer.handshake()
            await peer.accept_upgrade()
            await asking
            yield client, peer


@contextlib.asynccontextmanager
async def tls_listener(
    folder: Path, certificates: Certificates, *, is_target_tls: bool = False
) -> AsyncIterator[tuple[TlsPeer, TlsPeer | RawPeer]]:
    """A TLS client and a plain or TLS server, joined by a relay."""
    options = {"cert": certificates.cert, "key": certificates.key, "ca": certificates.ca}
    async with raw_server() as server:
        url = f"{'wss' if is_target_tls else 'ws'}://localhost:{server.port}"
        async with relaying(url, folder, **options) as relay, raw_client(relay.port) as raw:
            assert relay.url.startswith("wss://127.0.0.1:")
            client = TlsPeer(raw, certificates.client_context(), "127.0.0.1")
            await client.handshake()
            asking = asyncio.gather(client.upgrade())
            accepted = await server.accept()
            peer: TlsPeer | RawPeer = accepted
            if is_target_tls:
                peer = TlsPeer(accepted, certificates.server_context())
                await peer.handshake()
            await peer.accept_upgrade()
            await asking
            yield client, peer


every_end = pytest.mark.parametrize(
    ("end", "recorded_as", "seen"),
    [
        (TlsEnd.CLOSE_NOTIFY, "close_notify", End.FIN),
        (TlsEnd.FIN, "tls_truncated", End.FIN),
        (TlsEnd.RST, "rst", End.RST),
        (TlsEnd.BROKEN, "tls_alert", End.RST),
    ],
)
"""How a side ends, as what that is recorded, and what the other side sees of it."""


@every_end
async def test_ends_of_a_tls_server(
    tmp_path: Path, certificates: Certificates, end: TlsEnd, recorded_as: str, seen: End
) -> None:
    async with tls_target(tmp_path, certificates) as (client, server):
        await server.send(CLOSE)
        await _end(server, end)
        assert await client.to_end() == (CLOSE, seen)
        if seen is End.FIN:
            client.fin()
            assert (await server.to_end())[1] is TlsEnd.CLOSE_NOTIFY
    found = recorded(tmp_path)
    assert found.streams[Side.SERVER] == CLOSE
    assert found.ends()[0] == ("server", recorded_as, "peer")
    assert found.connection.state is State.CLOSED
    assert found.handshake.tls_ns


@every_end
async def test_ends_of_a_tls_client(
    tmp_path: Path, certificates: Certificates, end: TlsEnd, recorded_as: str, seen: End
) -> None:
    async with tls_listener(tmp_path, certificates) as (client, server):
        assert isinstance(server, RawPeer)
        await client.send(CLOSE)
        await _end(client, end)
        assert await server.to_end() == (CLOSE, seen)
        if seen is End.FIN:
            server.fin()
            assert (await client.to_end())[1] is TlsEnd.CLOSE_NOTIFY
    found = recorded(tmp_path)
    assert found.streams[Side.CLIENT] == CLOSE
    assert found.ends()[0] == ("client", recorded_as, "peer")


@pytest.mark.parametrize(
    ("end", "seen"),
    [(TlsEnd.CLOSE_NOTIFY, TlsEnd.CLOSE_NOTIFY), (TlsEnd.FIN, TlsEnd.FIN), (TlsEnd.RST, TlsEnd.RST)],
)
async def test_ends_pass_from_tls_to_tls(tmp_path: Path, certificates: Certificates, end: TlsEnd, seen: TlsEnd) -> None:
    async with tls_listener(tmp_path, certificates, is_target_tls=True) as (client, server):
        assert isinstance(server, TlsPeer)
        await server.send(CLOSE)
        await _end(server, end)
        assert await client.to_end() == (CLOSE, seen)
    assert recorded(tmp_path).connection.server_end is not None


async def _end(peer: TlsPeer, end: TlsEnd) -> None:
    await peer.raw.acknowledged()
    if end is TlsEnd.CLOSE_NOTIFY:
        await peer.close_notify()
    elif end is TlsEnd.RST:
        peer.raw.reset()
        return
    elif end is TlsEnd.BROKEN:
        await peer.raw.send(b"\x17\x03\x03\0\x20" + b"not a record of this session...!")
        return
    peer.raw.fin()


async def test_half_closed_tls_still_talks(tmp_path: Path, certificates: Certificates) -> None:
    async with tls_listener(tmp_path, certificates, is_target_tls=True) as (client, server):
        assert isinstance(server, TlsPeer)
        await client.close_notify()
        client.raw.fin()
        assert (await server.to_end())[1] is TlsEnd.CLOSE_NOTIFY
        await server.send(b"late" * 50_000)
        assert await client.read(200_000) == b"late" * 50_000


async def test_large_streams_both_ways(tmp_path: Path, certificates: Certificates) -> None:
    data = build_frame(2, bytes(range(256)) * 8_000)
    async with tls_listener(tmp_path, certificates, is_target_tls=True) as (client, server):
        assert isinstance(server, TlsPeer)
        _, _, up, down = await asyncio.gather(
            client.send(data), server.send(data), server.read(len(data)), client.read(len(data))
        )
        assert up == down == data
    assert recorded(tmp_path).streams == (data, data)


async def _failure(folder: Path, certificates: Certificates, context: ssl.SSLContext | None, **options: object) -> str:
    """What the relay says when a server with these settings is its target; checked in answer, record and state."""
    async with raw_server() as server:
        url = f"wss://localhost:{server.port}"
        async with relaying(url, folder, **options) as relay, raw_client(relay.port) as client:
            asking = asyncio.gather(client.upgrade())
            accepted = await server.accept()
            if context is None:
                await accepted.receive()
                await accepted.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            else:
                with contextlib.suppress(ssl.SSLError, ConnectionError):
                    await TlsPeer(accepted, context).handshake()
                    # A TLS 1.3 client refuses the certificate after the server is done.
                    await accepted.to_end()
            accepted.close()
            ((head,), (body, end)) = await asking, await client.to_end()
    assert head.startswith(b"HTTP/1.1 502 ")
    assert end is End.FIN
    found = recorded(folder)
    assert found.connection.status_by_us
    assert found.connection.failure in body.decode()
    events = [event for event in found.events if event.kind is EventKind.FAILED]
    assert [event.data["stage"] for event in events] == ["tls"]
    return found.connection.failure


async def test_expired_certificate(tmp_path: Path, certificates: Certificates) -> None:
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=2)
    context = certificates.server_context(not_after=past, not_before=past - datetime.timedelta(days=1))
    failure = await _failure(tmp_path, certificates, context, ca=certificates.ca)
    assert failure == "the server's certificate has expired"


async def test_certificate_for_another_name(tmp_path: Path, certificates: Certificates) -> None:
    context = certificates.server_context("other.example")
    failure = await _failure(tmp_path, certificates, context, ca=certificates.ca)
    assert failure == "the server's certificate is for another host name"


async def test_unknown_authority(tmp_path: Path, certificates: Certificates) -> None:
    failure = await _failure(tmp_path, certificates, certificates.server_context())
    assert failure == "the server's certificate comes from an unknown authority"


async def test_server_without_tls(tmp_path: Path, certificates: Certificates) -> None:
    assert await _failure(tmp_path, certificates, None) == "the server does not speak TLS on this port"


async def test_insecure_takes_any_certificate(tmp_path: Path, certificates: Certificates) -> None:
    async with raw_server() as server:
        url = f"wss://127.0.0.1:{server.port}"
        async with relaying(url, tmp_path, insecure=True) as relay, raw_client(relay.port) as client:
            asking = asyncio.gather(client.upgrade())
            peer = TlsPeer(await server.accept(), certificates.server_context("other.example"))
            await peer.handshake()
            await peer.accept_upgrade()
            assert (await asking)[0].startswith(b"HTTP/1.1 101 ")


async def test_sni_and_alpn(tmp_path: Path, certificates: Certificates) -> None:
    names: list[str | None] = []
    context = certificates.server_context()
    context.sni_callback = lambda _, name, __: names.append(name)
    context.set_alpn_protocols(["h2", "http/1.1"])
    async with raw_server() as server:
        url = f"https://localhost:{server.port}"
        async with relaying(url, tmp_path, ca=certificates.ca) as relay, raw_client(relay.port) as client:
            await client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            peer = TlsPeer(await server.accept(), context)
            await peer.handshake()
            assert peer.tls.selected_alpn_protocol() == "http/1.1"
            assert names == ["localhost"]
            assert f"Host: localhost:{server.port}\r\n".encode() in await peer.head()


async def test_plain_client_at_a_tls_port_is_told(tmp_path: Path, certificates: Certificates) -> None:
    async with raw_server() as server:
        options = {"cert": certificates.cert, "key": certificates.key}
        async with relaying(server.port, tmp_path, **options) as relay, raw_client(relay.port) as client:
            await client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            data, _ = await client.to_end()
    assert b"use wss://" in data
    (event,) = session_events(tmp_path)
    assert (event.kind, event.data["stage"]) == (EventKind.FAILED, "tls")


async def test_client_that_does_not_trust_us(tmp_path: Path, certificates: Certificates) -> None:
    async with raw_server() as server:
        options = {"cert": certificates.cert, "key": certificates.key}
        async with relaying(server.port, tmp_path, **options) as relay, raw_client(relay.port) as raw:
            with pytest.raises(ssl.SSLCertVerificationError):
                await TlsPeer(raw, ssl.create_default_context(), "127.0.0.1").handshake()
            raw.fin()
            await raw.to_end()
    (event,) = session_events(tmp_path)
    assert "does it trust the certificate?" in str(event.data["problem"])


def test_unusable_files(tmp_path: Path, certificates: Certificates) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    other = certificates.authority.issue_cert("x.example").private_key_pem
    other.write_to_path(str(tmp_path / "other.pem"))
    for cert, key in (
        (str(tmp_path / "missing.pem"), None),
        (str(tmp_path / "text.pem"), None),
        (certificates.cert, None),
        (certificates.cert, str(tmp_path / "other.pem")),
        (certificates.cert, _encrypted_key(tmp_path)),
    ):
        with pytest.raises(WsInspectError) as caught:
            listener_context(cert, key)
        assert caught.value.hint
    for ca in (str(tmp_path / "missing.pem"), str(tmp_path / "text.pem")):
        with pytest.raises(WsInspectError):
            target_context(insecure=False, ca=ca)
    assert not session_file(tmp_path).exists()


def _encrypted_key(folder: Path) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    path = folder / "encrypted.pem"
    path.write_bytes(data)
    return str(path)
