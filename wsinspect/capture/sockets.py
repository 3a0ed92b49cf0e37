"""What the kernel can tell and do beyond reading and writing a TCP socket."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import socket
import struct
import sys
import termios

from wsinspect.model import Ending

_GAVE_UP = frozenset(
    {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.ENETRESET}
)
_SO_NWRITE = 0x1024
"""macOS: bytes in the send queue; the socket module has no name for it."""


def ending_of(error: OSError) -> Ending:
    """What an error of recv or send says about the connection's end.

    EPIPE stands for an RST too: the kernel reports it when the RST came after the peer's FIN.
    """
    return Ending.TIMEOUT if error.errno in _GAVE_UP else Ending.RST


def kernel_unsent(sock: socket.socket, *, is_finished: bool) -> int:
    """Bytes that were handed to the kernel and not acknowledged by the peer; 0 where it cannot be known.

    Args:
        sock: a connected TCP socket.
        is_finished: whether our FIN was sent: the kernel counts it as one byte.
    """
    try:
        if sys.platform == "darwin":
            return sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
        count: int = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))[0]
    except OSError:
        return 0
    return max(0, count - is_finished)


def pending_error(sock: socket.socket) -> OSError | None:
    """The error that waits on a socket, taken off it; None without any."""
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return OSError(code, "connection lost") if code else None


def reset(sock: socket.socket) -> None:
    """Close with an RST; what the kernel has not sent is thrown away."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def set_no_delay(sock: socket.socket) -> None:
    """Send small writes at once: without it fragmented traffic stalls for the peer's delayed acknowledgement."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def address_text(address: object) -> str:
    """A socket address as ``host:port`` or ``[host]:port``."""
    if isinstance(address, tuple) and len(address) >= 2:
        host, port = str(address[0]), address[1]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return ""
