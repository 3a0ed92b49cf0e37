"""``wsinspect proxy TARGET``: record what crosses between a client and a server."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from wsinspect.capture.plan import CapturePlan
from wsinspect.cli.live import Output, keep_of, output_options, run_live, session_file
from wsinspect.errors import UsageError
from wsinspect.session.recording.ring import Keep

_PEM = click.Path(exists=True)


@click.command()
@click.argument("target")
@click.option(
    "--listen",
    multiple=True,
    metavar="HOST:PORT",
    help="Where clients connect; may be given again. Default: port 8080 on this machine, or the next free one.",
)
@click.option("--cert", type=_PEM, metavar="FILE", help="Certificate (PEM) to listen with TLS.")
@click.option("--key", type=_PEM, metavar="FILE", help="Private key (PEM), when not in the same file as --cert.")
@click.option("-k", "--insecure", is_flag=True, help="Do not check the target's certificate.")
@click.option("--ca", type=_PEM, metavar="FILE", help="Trust the certificates in FILE (PEM) for the target.")
@click.option("--keep-host", is_flag=True, help="Send the client's Host header on as it is.")
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="Accept clients that name this host; may be given again."
)
@click.option("--origin", metavar="ORIGIN", help="Send this Origin to the target.")
@output_options
def proxy(
    target: str,
    listen: tuple[str, ...],
    cert: str | None,
    key: str | None,
    insecure: bool,
    ca: str | None,
    keep_host: bool,
    allow_host: tuple[str, ...],
    origin: str | None,
    file: Path | None,
    keep: tuple[Keep, ...],
    headless: bool,
    as_json: bool,
) -> int:
    """Record what crosses between your client and TARGET.

    TARGET is the server's URL: ws://, wss://, http:// or https://. Point the client at the address shown; nothing
    that passes is changed but the Host header, and plain HTTP on the same port passes through.
    """
    if key and not cert:
        raise UsageError("--key is given without --cert", "name the certificate too, to listen with TLS")
    plan = CapturePlan(
        file=session_file(file, "proxy"),
        target=target,
        listen=listen,
        cert=cert,
        key=key,
        insecure=insecure,
        ca=ca,
        keep_host=keep_host,
        allow_host=allow_host,
        origin=origin,
        keep=keep_of(keep),
        command=shlex.join(["wsinspect", *sys.argv[1:]]),
    )
    return run_live(plan, Output(headless, as_json)).status
