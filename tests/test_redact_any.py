"""Masking of any text: no encoding of a secret is left, nothing raises, nothing takes long."""

from __future__ import annotations

import base64
import html
import json
import string
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsinspect.redact import PLACEHOLDER, Redactor

SECRETS = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "!#$*+-./:=?@_~é漢😀\"'\\%&<> "), min_size=10, max_size=40
).filter(lambda said: said.strip() == said and sum(one.isalnum() for one in said) >= 8 and "«" not in said)


def places(secret: str) -> list[str]:
    """Where a secret is one by its name, in every way a message writes it."""
    return [
        json.dumps({"a": 1, "password": secret}),
        json.dumps({"client_secret": secret}, ensure_ascii=False),
        json.dumps({"inner": json.dumps({"deeper": json.dumps({"passwd": secret})})}),
        f"a=1&password={quote(secret, safe='')}&b=2",
        f"password={quote_plus(secret)}",
        "Authorization: Basic " + base64.b64encode(f"ana:{secret}".encode()).decode(),
        f"wss://ana:{quote(secret, safe='')}@host/",
    ]


def encodings(secret: str) -> set[str]:
    """What a report may turn it into."""
    data = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
        base64.b64encode(b"ana:" + data).decode(),
        data.hex(),
    }


@given(SECRETS, st.integers(0, 6), st.lists(st.text(max_size=20), max_size=3))
@example("correct horse battery", 4, [])
@example("aaaaaaaa+/=", 0, ["«password-1»"])
def test_no_encoding_of_a_masked_secret_survives(secret: str, where: int, others: list[str]) -> None:
    texts = [*others, *(f"said {form} there" for form in sorted(encodings(secret))), places(secret)[where]]
    redactor = Redactor()
    for text in texts:
        redactor.text(text)
    redactor.settle()
    masked = PLACEHOLDER.sub("", "\n".join(redactor.text(text) for text in texts))
    for form in encodings(secret):
        assert form not in masked
    assert any(one.reason for one in redactor.redactions)


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_masked_without_an_error(text: str, is_cut: bool) -> None:
    redactor = Redactor()
    redactor.text(text, is_cut=is_cut)
    redactor.header("Cookie", text)
    redactor.header("Authorization", text)
    redactor.subprotocol(text)
    redactor.settle()
    redactor.text(text)


@given(st.binary(max_size=300), st.booleans(), st.booleans())
def test_any_bytes_are_masked_without_an_error(data: bytes, is_text: bool, is_cut: bool) -> None:
    redactor = Redactor()
    redactor.content(data, is_text=is_text, is_cut=is_cut)
    redactor.head(data, is_cut=is_cut)


LONG = {
    "arrays": "[" * 100_000,
    "objects": '{"a":' * 20_000,
    "escapes": '"\\' * 20_000,
    "fields": "a=" * 20_000,
    "tokens": "eyJ" * 20_000,
    "percent": "%41" * 20_000,
    "digits": "4" * 50_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 700,
    "backslashes": "\\\\" * 20_000,
    "schemes": "Bearer " * 8_000,
    "elements": "<a" * 20_000,
    "urls": "://" * 20_000,
    "quotes": '"' * 30_000,
    "cuts": "abc…" * 20_000,
    "secrets": '{"password":"s3cr3t-value"}' * 500,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_text_takes_no_long_time(kind: str) -> None:
    began = time.monotonic()
    Redactor().text('{"password":"s3cr3t-value"}' + LONG[kind], is_cut=True)
    assert time.monotonic() - began < 20
