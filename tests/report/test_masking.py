"""What a report masks: no secret in any format, the same placeholder everywhere, and what the user switches off."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.captures import BASIC, CRASH_FINDING, CRASHING, INFO, JWT, PASSWORD, SECRETS, TEXT, C, handshake, row
from tests.report.samples import CRASH, CRASHED, START
from tests.report.writing import as_text, report
from wsinspect.model import Event, EventKind, Payload, RowKind, SeenClose, Side
from wsinspect.redact import Pattern
from wsinspect.report.build import build
from wsinspect.report.formats import Format, render
from wsinspect.report.material import Capture, Material

FORMS = [PASSWORD, quote(PASSWORD, safe=""), BASIC, BASIC.rstrip("="), JWT, JWT[10:50], "0a1b2c3d4e5f", "k-123456"]
FORMS += ["99aa88bb77cc", "4111 1111 1111 1111", "Zx81-aa09-Qw7Kp2mN", PASSWORD[:12], PASSWORD.encode().hex(" ")[:20]]


@pytest.mark.parametrize("form", list(Format))
def test_no_secret_is_left_in_any_format(form: Format) -> None:
    written = render(report(SECRETS), form)
    for shown in (written, html.unescape(written), written.replace("\\", ""), written.replace("\n", "")):
        for secret in FORMS:
            assert secret not in shown


def test_the_same_secret_has_the_same_placeholder_everywhere() -> None:
    told = as_text(SECRETS)
    assert "wss://«credentials-1»@shop.example/orders?token=«token-1»" in told
    assert '"password": "«credentials-1»"' in told
    assert "> Authorization: Basic «credentials-1»" in told
    assert "token «token-1»… refused, password was «credentials-1»" in told
    assert "(not shown: it holds a secret)" in told
    assert "chat.v2, bearer.«token-1»" in told


def test_a_redaction_can_be_switched_off() -> None:
    made = report(SECRETS)
    cookie = next(one for one in made.redactions if one.reason.startswith("the cookie theme"))
    other = build(Capture(INFO, (SECRETS,)), off={cookie.key})
    assert "theme=dark" in render(other, Format.TEXT)
    assert "theme=dark" not in render(made, Format.TEXT)
    assert other.masked == made.masked - 1
    assert [one.key for one in other.redactions] == [one.key for one in made.redactions]
    assert cookie.placeholder not in render(other, Format.TEXT)


def test_what_is_masked_is_named_and_counted() -> None:
    told = " ".join(as_text(SECRETS).split())
    assert f"{report(SECRETS).masked} secrets masked: «credentials-1» (credentials in a URL), «token-1»" in told
    places = {place for one in report(SECRETS).redactions for place in one.places}
    assert {"URL", "message 1", "Cookie of the request", "Set-Cookie of the answer", "close reason"} <= places


def test_patterns_of_the_user_are_masked() -> None:
    made = build(Capture(INFO, (CRASHING,)), patterns=[Pattern("sku", re.compile(r"A-\d+"))])
    assert '"sku":"«sku-1»"' in render(made, Format.TEXT)


def test_a_number_of_messages_does_not_switch_anything_on_or_off() -> None:
    """Keys name secrets, not places in a list: what is switched off stays so when more messages are shown."""
    few = build(Capture(INFO, (replace(SECRETS, rows=SECRETS.rows[-2:]),)))
    token = next(one for one in few.redactions if one.placeholder == "«token-1»")
    many = build(Capture(INFO, (SECRETS,)), off={token.key})
    assert [one.reason for one in many.redactions if not one.is_on] == [
        one.reason for one in report(SECRETS).redactions if one.key == token.key
    ]


_ALPHABET = "abcXYZ0189!#$*+-./:=?@_~é漢 \"'\\%&<>|`"


def positions(secret: str) -> Sequence[Material]:
    """A secret by its name in one place, and as it is in every other one."""
    data = secret.encode()
    connection = replace(CRASHED, path=f"/{secret}", url=f"ws://h/{quote(secret)}", extensions=secret)
    connection = replace(connection, server_close=SeenClose(6, START, 1011, data), failure=quote_plus(secret))
    heads = handshake(f"X-A: {secret}\r\nX-B: {base64.b64encode(data).decode()}\r\n", f"Server: {secret}\r\n")
    rows = (
        row(1, TEXT, C, 50, json.dumps({"password": secret}).encode()),
        row(2, TEXT, C, 40, json.dumps([secret, json.dumps(secret)]).encode()),
        row(3, RowKind.BINARY, C, 30, b"\x00" + data),
        row(4, TEXT, C, 20, base64.b64encode(b"ana:" + data)),
        row(5, TEXT, C, 10, html.escape(secret).encode() + b" " + data.hex().encode()),
        row(6, RowKind.CLOSE, Side.SERVER, 0, b"\x03\xf3" + data),
        row(7, RowKind.EVENT, None, 0)._replace(event=Event(EventKind.FAILED, {"problem": secret})),
    )
    finding = replace(CRASH_FINDING, cause=f'it said "{secret}"', because=json.dumps(secret))
    story = replace(CRASH, connection=connection, reason=data)
    content = Payload(json.dumps({"again": secret, "x": "y" * 200}).encode(), 4000)
    material = Material(connection, story, heads, (finding,), (), (secret,), rows, rows[:2], content, 2)
    return [material, replace(material, sent=None)]


@given(
    st.text(st.sampled_from(_ALPHABET), min_size=10, max_size=30).filter(
        lambda said: said.strip() == said and sum(one.isalnum() for one in said) >= 8 and not said.isalpha()
    ),
    st.sampled_from(list(Format)),
)
def test_no_encoding_of_a_masked_secret_survives_in_a_report(secret: str, form: Format) -> None:
    written = render(build(Capture(INFO, tuple(positions(secret)))), form)
    data = secret.encode()
    encodings = {
        *(secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]),
        *(html.escape(secret), base64.b64encode(data).decode(), base64.b64encode(b"ana:" + data).decode(), data.hex()),
    }
    for shown in (written, html.unescape(written)):
        for encoding in encodings:
            assert encoding not in shown
