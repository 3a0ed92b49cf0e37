"""TLS settings of both sides, from files that the user named."""

from __future__ import annotations

import ssl
from pathlib import Path

from wsinspect.errors import EnvironmentProblem, UsageError, WsInspectError

_ALPN = ["http/1.1"]
"""The upgrade to WebSocket is a thing of HTTP/1.1 (RFC 6455 section 4.1)."""


def target_context(*, insecure: bool, ca: str | None) -> ssl.SSLContext:
    """Settings for dialling a TLS target.

    Args:
        insecure: whether any certificate will do.
        ca: file or folder of authorities to trust instead of the system's.

    Raises:
        WsInspectError: ``ca`` cannot be used.
    """
    try:
        if ca is None:
            context = ssl.create_default_context()
        elif Path(ca).is_dir():
            context = ssl.create_default_context(capath=ca)
        else:
            context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise _unusable("the authorities in", ca or "", error) from None
    context.set_alpn_protocols(_ALPN)
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def listener_context(cert: str, key: str | None) -> ssl.SSLContext:
    """Settings for the side that clients connect to.

    Args:
        cert: PEM file with the certificate and what leads to its authority.
        key: PEM file of the private key, when ``cert`` does not hold it.

    Raises:
        WsInspectError: the files cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a password function OpenSSL would ask on a terminal that is not ours.
        context.load_cert_chain(cert, key, password=_no_password)
    except _Encrypted:
        raise UsageError(
            f"the private key in {key or cert} is encrypted", "decrypt it with: openssl pkey -in KEY -out PLAIN"
        ) from None
    except OSError as error:
        names = f"{cert} and {key}" if key else cert
        raise _unusable("the certificate in", names, error) from None
    context.set_alpn_protocols(_ALPN)
    return context


class _Encrypted(Exception):
    pass


def _no_password() -> str:
    raise _Encrypted


def _unusable(what: str, names: str, error: OSError) -> WsInspectError:
    """The error for files that OpenSSL or the system refuse."""
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "no PEM data").replace("_", " ").lower()
        hint = "both must be PEM and belong together; give the key with --key when it is in a file of its own"
        return UsageError(f"cannot use {what} {names}: {reason}", hint)
    return EnvironmentProblem(f"cannot read {names}: {error.strerror}", "check the file name and its permissions")
