"""The commands that connect again: run by a real shell, whose websocat is ours and says what it was given."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.limits import LIMIT_S
from tests.report.captures import CRASHING, EVIL, INFO, SECRETS, TEXT, C, handshake, row
from tests.report.samples import CRASHED
from wsinspect import text
from wsinspect.model import RowKind
from wsinspect.report.build import build
from wsinspect.report.masking import mask
from wsinspect.report.material import Capture, Material
from wsinspect.report.reproduce import command, websocat

WEBSOCAT = '#!/bin/sh\nprintf "%s\\0" "$@" > "$OUT"; case "$1" in -n) cat > "$OUT.in";; esac\n'


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    program = tmp_path / "websocat"
    program.write_text(WEBSOCAT)
    program.chmod(0o755)
    return tmp_path


def run(material: Material, folder: Path, **variables: str) -> tuple[list[str], str]:
    """What websocat was given: arguments and input."""
    commands = command(material)
    assert commands is not None
    lines = list(commands.lines)
    for name, value in variables.items():
        lines = [f"{name}={value}" if line.startswith(f"{name}=") else line for line in lines]
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "OUT": str(folder / "out")}
    for old in folder.glob("out*"):
        old.unlink()
    subprocess.run(["sh", "-eu", "-c", "\n".join(lines)], env=environ, cwd=folder, check=True, timeout=LIMIT_S)
    said = folder / "out.in"
    return (folder / "out").read_text().split("\0")[:-1], said.read_text() if said.exists() else ""


def test_a_plain_connection(shell: Path) -> None:
    arguments, said = run(CRASHING, shell)
    assert arguments == ["-n", "-H=User-Agent: shop-web/4.2", "ws://127.0.0.1:9000/orders"]
    assert said == "".join(row.head.decode() + "\n" for row in CRASHING.sent or ())


def test_secrets_are_variables(shell: Path) -> None:
    masked, _ = mask(Capture(INFO, (SECRETS,)))
    material = masked.connections[0]
    arguments, said = run(material, shell, TOKEN_1="tok", CREDENTIALS_1="cred", CARD_1="4", COOKIE_1="a", COOKIE_2="b")
    assert "-H=Authorization: Basic cred" in arguments
    assert "-H=Cookie: sid=a; theme=b" in arguments
    assert "--protocol=chat.v2, bearer.tok" in arguments
    assert "--origin=https://shop.example" in arguments
    assert arguments[-1] == "wss://cred@shop.example/orders?token=tok"
    assert said == '{"type": "login", "user": "ana", "password": "cred", "card": "4"}\n'


def test_headers_that_websocat_writes_itself_are_left_out(shell: Path) -> None:
    heads = handshake("Sec-Fetch-Mode: websocket\r\nAccept-Encoding: gzip\r\nPragma: no-cache\r\nX-A: 1\r\n")
    arguments, _ = run(replace(CRASHING, handshake=heads), shell)
    assert [argument for argument in arguments if argument.startswith("-H")] == [
        "-H=User-Agent: shop-web/4.2",
        "-H=X-A: 1",
    ]


def test_there_are_not_too_many_headers(shell: Path) -> None:
    heads = handshake("".join(f"X-{at}: y\r\n" for at in range(50)))
    arguments, _ = run(replace(CRASHING, handshake=heads), shell)
    assert sum(argument.startswith("-H") for argument in arguments) == 12


@pytest.mark.parametrize(
    "rows",
    [
        (row(1, RowKind.BINARY, C, 1, b"x"),),
        (row(1, TEXT, C, 1, b"two\nlines"),),
        (row(1, TEXT, C, 1, b"x" * 513),),
        (row(1, TEXT, C, 1, b""),),
        tuple(row(number, TEXT, C, 1, b"x") for number in range(1, 13)),
        (),
    ],
)
def test_what_cannot_be_sent_again_is_not(rows: object, shell: Path) -> None:
    arguments, said = run(replace(CRASHING, sent=rows), shell)  # type: ignore[arg-type]  # rows
    assert arguments[0] != "-n"
    assert said == ""


def test_http_becomes_ws_and_other_schemes_nothing(shell: Path) -> None:
    web = replace(CRASHING, connection=replace(CRASHED, url="https://h/x"))
    assert run(web, shell)[0][-1] == "wss://h/x"
    for url in ("unix:/x", "ftp://h/", "", "ws://h/\x1b[31m", "ws://h/\n"):
        assert command(replace(CRASHING, connection=replace(CRASHED, url=url))) is None


def test_one_message_of_any_length() -> None:
    said = websocat(CRASHED, handshake("X-Api-Key: k-1\r\n"), b'{"a":"%s"}' % (b"x" * 2000))
    assert said is not None
    variable, line = said.splitlines()
    assert variable.startswith("KEY_1=")
    assert line.startswith("printf '%s\\n' '{\"a\":\"xxx")
    assert line.endswith("-H='X-Api-Key: '\"$KEY_1\" ws://127.0.0.1:9000/orders")
    assert websocat(CRASHED, None) == "websocat ws://127.0.0.1:9000/orders"
    assert websocat(CRASHED, None, b"two\nlines") is None
    assert websocat(replace(CRASHED, url="x"), None) is None


@pytest.mark.parametrize("evil", EVIL)
def test_a_shell_obeys_nothing_of_a_peer(evil: str, shell: Path) -> None:
    said = " ".join(EVIL[evil].split())
    heads = handshake(f"X-Evil: {said}\r\nOrigin: {said}\r\nSec-WebSocket-Protocol: {said}\r\n")
    material = replace(
        CRASHING,
        connection=replace(CRASHED, url=f"ws://127.0.0.1:9000/{said}"),
        handshake=heads,
        sent=(row(1, TEXT, C, 1, said.encode("utf-8", "surrogatepass")),),
    )
    masked = mask(Capture(INFO, (material,)))[0].connections[0]
    if command(masked) is None:
        assert text.visible(said) != said
        return
    arguments, sent = run(masked, shell)
    expected = said.replace("«", "\\u00ab")
    assert f"-H=X-Evil: {expected}" in arguments
    assert f"--origin={expected}" in arguments
    assert arguments[-1] == f"ws://127.0.0.1:9000/{expected}"
    assert sent == f"{expected}\n"
    assert sorted(path.name for path in shell.iterdir()) == ["out", "out.in", "websocat"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(said=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_every_word_reaches_websocat_as_it_was(said: str, shell: Path) -> None:
    if said.strip() != said or build(Capture(INFO, (CRASHING,))).redactions:
        return
    material = replace(
        CRASHING, connection=replace(CRASHED, url=f"ws://h/{said}"), sent=(row(1, TEXT, C, 1, said.encode()),)
    )
    arguments, sent = run(material, shell)
    assert arguments[-1] == f"ws://h/{said}"
    assert sent == f"{said}\n"
