"""TLS over a link, through memory, so that close_notify, a bare FIN, an RST and a broken record are told apart.

asyncio's own TLS shows close_notify and a bare FIN alike, cannot half-close and hides a truncation.
"""

from __future__ import annotations

import asyncio
import ssl

from wsinspect.capture.leg import Hold, Leg, LegUser
from wsinspect.capture.link import READ_BYTES, Link
from wsinspect.model import Ending


class HandshakeFailed(Exception):
    """The TLS handshake came to nothing.

    Attributes:
        error: what OpenSSL said; None when the peer left instead.
        how: how the peer left; None when OpenSSL refused.
    """

    def __init__(self, error: ssl.SSLError | None, how: Ending | None) -> None:
        super().__init__(str(error or how))
        self.error = error
        self.how = how


class TlsLink(Leg):
    """TLS on a link, as client or server.

    Args:
        link: the TCP connection; this object becomes its user.
        user: who is told what happens above TLS.
        context: certificates and settings.
        server_name: the name the server must prove, sent as SNI; None when we are the server.
    """

    def __init__(self, link: Link, user: LegUser, context: ssl.SSLContext, server_name: str | None) -> None:
        self.user = user
        self._link = link
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._ssl = context.wrap_bio(self._in, self._out, server_side=server_name is None, server_hostname=server_name)
        self._shaken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_over = False
        """Whether nothing can be read any more: the peer's end was reported."""
        self._is_finished = False
        link.user = self

    async def handshake(self) -> None:
        """Shake hands; afterwards bytes arrive at the user.

        Raises:
            HandshakeFailed: it came to nothing; the link is still to be closed.
        """
        self._shake()
        await self._shaken

    # What the link reports

    def received(self, data: bytes) -> None:
        """Records arrived."""
        if self._is_over:
            return
        self._in.write(data)
        if self._shaken.done():
            self._read()
        else:
            self._shake()

    def finished(self, how: Ending) -> None:
        """The peer's FIN: a truncation unless its close_notify came before."""
        if not self._shaken.done():
            self._shaken.set_exception(HandshakeFailed(None, how))
        elif not self._is_over:
            self._is_over = True
            self.user.finished(Ending.TLS_TRUNCATED)

    def lost(self, how: Ending) -> None:
        """TCP is gone."""
        self._is_over = True
        if not self._shaken.done():
            self._shaken.set_exception(HandshakeFailed(None, how))
        else:
            self.user.lost(how)

    def relieved(self) -> None:
        """The link takes more."""
        self.user.relieved()

    def crashed(self, error: Exception) -> None:
        """A method above raised."""
        self.user.crashed(error)

    def _shake(self) -> None:
        try:
            self._ssl.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._flush()
            self._is_over = True
            if not self._shaken.done():
                self._shaken.set_exception(HandshakeFailed(error, None))
        else:
            self._flush()
            self._shaken.set_result(None)
            self._read()

    def _read(self) -> None:
        """Give the user all that can be decrypted."""
        while not self._is_over:
            try:
                data = self._ssl.read(READ_BYTES)
            except ssl.SSLWantReadError:
                break
            except ssl.SSLZeroReturnError:
                data = b""
            except ssl.SSLError:
                # A fatal alert of the peer, or a record that does not decrypt: then the answer is our own alert.
                self._flush()
                self._is_over = True
                self.user.lost(Ending.TLS_ALERT)
                return
            if data:
                self.user.received(data)
            else:
                self._is_over = True
                self.user.finished(Ending.CLOSE_NOTIFY)
        self._flush()

    def _flush(self) -> None:
        if self._out.pending:
            self._link.write(self._out.read())

    # What the user asks for

    @property
    def peer(self) -> str:
        """The peer's address, ``host:port``."""
        return self._link.peer

    @property
    def is_clogged(self) -> bool:
        """Whether the link is."""
        return self._link.is_clogged

    @property
    def is_sent(self) -> bool:
        """Whether the link has sent all records."""
        return self._link.is_sent

    @property
    def is_delivered(self) -> bool:
        """Whether the link's bytes have been acknowledged, or never will be."""
        return self._link.is_delivered

    def undelivered(self) -> int:
        """Bytes of records that the peer's kernel has not acknowledged."""
        return self._link.undelivered()

    def hold(self, why: Hold) -> None:
        """Do not read until this reason is released."""
        self._link.hold(why)

    def release(self, why: Hold) -> None:
        """Drop a reason not to read."""
        self._link.release(why)

    def read_now(self, limit: int) -> None:
        """Read what has arrived, held or not."""
        self._link.read_now(limit)

    def write(self, data: bytes) -> None:
        """Encrypt and send."""
        rest = memoryview(data)
        try:
            while rest and not self._is_finished:
                rest = rest[self._ssl.write(rest) :]
        except ssl.SSLError:
            # The session was broken by the peer; reading reports that, this side can only stop.
            self._is_finished = True
        self._flush()

    def finish(self, how: Ending = Ending.FIN) -> None:
        """Say close_notify, unless the end to pass on is a truncation, then send a FIN."""
        if not self._is_finished and how is not Ending.TLS_TRUNCATED:
            try:
                self._ssl.unwrap()
            except ssl.SSLError:
                # Mostly "want read": the peer has not said close_notify yet, and need not.
                self._is_finished = True
            self._flush()
        self._is_finished = True
        self._link.finish()

    def close(self) -> None:
        """Drop the socket; the kernel goes on sending what it has."""
        self._link.close()

    def reset(self) -> None:
        """Drop the socket with an RST."""
        self._link.reset()
