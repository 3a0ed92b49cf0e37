"""TLS over a raw peer, through memory, so that each way to end it can be chosen and told apart."""

from __future__ import annotations

import contextlib
import ssl
from enum import StrEnum

from tests.peers.raw import RawPeer, upgrade_answer, upgrade_request


class TlsEnd(StrEnum):
    """How the other side ended its stream."""

    CLOSE_NOTIFY = "close_notify"
    FIN = "fin"
    RST = "rst"
    BROKEN = "broken"
    """A fatal alert, or a record that does not decrypt."""


class TlsPeer:
    """TLS on a connected socket."""

    def __init__(self, raw: RawPeer, context: ssl.SSLContext, server_name: str | None = None) -> None:
        """``server_name`` makes it a client that expects this name."""
        self.raw = raw
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_side=server_name is None, server_hostname=server_name)
        self._early = b""

    async def handshake(self) -> None:
        """Shake hands.

        Raises:
            ssl.SSLError: it failed.
            ConnectionError: the other side left.
        """
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                data = await self.raw.receive()
                if not data:
                    raise ConnectionAbortedError("FIN during the handshake") from None
                self._in.write(data)
            except ssl.SSLError:
                await self._flush()
                raise
            else:
                await self._flush()
                return

    async def send(self, data: bytes) -> None:
        """Encrypt and send."""
        self.tls.write(data)
        await self._flush()

    async def receive(self) -> bytes:
        """What comes next.

        Raises:
            EOFError: the other side's end; its argument is a TlsEnd.
        """
        if self._early:
            data, self._early = self._early, b""
            return data
        while True:
            try:
                data = self.tls.read(1 << 16)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLZeroReturnError:
                raise EOFError(TlsEnd.CLOSE_NOTIFY) from None
            except ssl.SSLError:
                raise EOFError(TlsEnd.BROKEN) from None
            else:
                if not data:
                    raise EOFError(TlsEnd.CLOSE_NOTIFY)
                return data
            try:
                more = await self.raw.receive()
            except ConnectionResetError:
                raise EOFError(TlsEnd.RST) from None
            if not more:
                raise EOFError(TlsEnd.FIN)
            self._in.write(more)

    async def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        data = b""
        while len(data) < count:
            data += await self.receive()
        self._early = data[count:]
        return data[:count]

    async def head(self) -> bytes:
        """An HTTP head; what follows it stays to be read."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += await self.receive()
        end = data.index(b"\r\n\r\n") + 4
        self._early = data[end:]
        return data[:end]

    async def to_end(self) -> tuple[bytes, TlsEnd]:
        """All that comes until the other side's end, and which end that is."""
        data = b""
        while True:
            try:
                data += await self.receive()
            except EOFError as end:
                return data, end.args[0]

    async def close_notify(self) -> None:
        """Say goodbye as TLS wants it; TCP stays."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        await self._flush()

    async def upgrade(self, host: str = "127.0.0.1") -> bytes:
        """Ask for a WebSocket as a client; the answer's head."""
        await self.send(upgrade_request(host=host))
        return await self.head()

    async def accept_upgrade(self) -> bytes:
        """Take a client's upgrade as a server; the request's head."""
        request = await self.head()
        await self.send(upgrade_answer(request))
        return request

    async def _flush(self) -> None:
        if self._out.pending:
            await self.raw.send(self._out.read())
