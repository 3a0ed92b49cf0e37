"""Certificates, made once for the whole run."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority of our own and what it signed."""

    authority: trustme.CA
    ca: str
    """PEM file of the authority."""
    cert: str
    """PEM file for localhost, 127.0.0.1 and ::1, without the key."""
    key: str
    folder: Path

    def server_context(self, *names: str, **options: object) -> ssl.SSLContext:
        """A server's settings with a certificate for ``names`` (default: localhost and its addresses)."""
        issued = self.authority.issue_cert(*(names or NAMES), **options)  # type: ignore[arg-type]
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        issued.configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """A client's settings that trust the authority."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context


NAMES = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Made once: keys cost time."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    issued = authority.issue_cert(*NAMES)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=number > 0)
    ca, cert, key = (str(folder / f"{name}.pem") for name in ("ca", "cert", "key"))
    return Certificates(authority, ca, cert, key, folder)
