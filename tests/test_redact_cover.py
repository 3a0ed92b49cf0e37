"""Secrets overwritten where they stand: nothing moves, and no encoding of one is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_redact import JWT, mask
from tests.test_redact_any import SECRETS, encodings, places
from wsinspect.redact import PLACEHOLDER, Redactor, Span
from wsinspect.redact.cover import cover


@pytest.mark.parametrize(
    "raw",
    [
        '{"password":"x1"}',
        '{"user":"ana", "pass\\u0077ord" : "a\\"b"}',
        '[{"name":"Authorization","value":"Bearer z"}]',
        '{"Cookie":"a=12345; b=xyz"}',
        '{"q":"{\\"token\\":\\"a\\\\\\"b\\"}"}',
        '{"q":"{\\"r\\":\\"{\\\\\\"token\\\\\\":\\\\\\"deep\\\\\\"}\\"}"}',
        "wss://h/x?token=a%2Fb&n=1#access_token=zz",
        f"x {JWT} y, {JWT}",
        '{"pässwört":"ä","password":"gehéim"} \udcff',
    ],
)
def test_secrets_are_found_where_they_stand(raw: str) -> None:
    masked = PLACEHOLDER.findall(mask(raw))
    spans = Redactor().spans(raw)
    assert [span.name for span in spans] == masked
    left = "".join(raw[start:end] for start, end in _between(spans, len(raw)))
    assert left == PLACEHOLDER.sub("", mask(raw)).replace('\\"b\\', "\\")


def _between(spans: list[Span], length: int) -> list[tuple[int, int]]:
    """The parts of a text that no span covers."""
    ends = [0, *(span.end for span in spans)]
    return list(zip(ends, [*(span.start for span in spans), length], strict=True))


def test_what_a_string_of_json_says_is_covered_as_it_is_written() -> None:
    raw = b'{"q":"{\\"pass\\":\\"\\u0031234\\",\\"note\\":\\"\\u00fc\\"}"}'
    assert covered(raw) == b'{"q":"{\\"pass\\":\\"xxxxxxxxx\\",\\"note\\":\\"\\u00fc\\"}"}'


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ('{"password":"hunter22-and-more"}', '{"password":"password-1-xxxxxx"}'),
        ('{"password":"hunter22hu"}', '{"password":"password-1"}'),
        ('{"password":"hunter2"}', '{"password":"xxxxxxx"}'),
        ('{"password":"gehéim"}', '{"password":"xxxxxxx"}'),
        ('{"pin":1234,"otp":"091833"}', '{"pin":0.00,"otp":"code-2"}'),
        ('{"password":12}', '{"password":-0}'),
        ('{"password":1}', '{"password":0}'),
        ("\udcff\udcfepassword=hunter2 \udc80", "\udcff\udcfepassword=xxxxxxx \udc80"),
    ],
)
def test_a_secret_is_overwritten_and_nothing_moves(raw: str, masked: str) -> None:
    assert covered(raw.encode("utf-8", "surrogateescape")) == masked.encode("utf-8", "surrogateescape")


def covered(data: bytes) -> bytes:
    """The bytes with their secrets overwritten."""
    changed = bytearray(data)
    for at, said in cover(Redactor(), data):
        changed[at : at + len(said)] = said
    assert len(changed) == len(data)
    return bytes(changed)


@given(st.binary(max_size=300))
def test_any_bytes_keep_their_length(data: bytes) -> None:
    covered(data)
    covered(b'{"password":"' + data + b'"}')


@given(SECRETS, st.integers(0, 6), st.lists(st.text(max_size=20), max_size=3))
def test_what_is_overwritten_is_gone(secret: str, where: int, others: list[str]) -> None:
    texts = [*others, *(f"said {form} there" for form in sorted(encodings(secret))), places(secret)[where]]
    raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    redactor = Redactor()
    for data in raw:
        cover(redactor, data)
    redactor.settle()
    left = b""
    for data in raw:
        changed = bytearray(data)
        for at, said in cover(redactor, data):
            changed[at : at + len(said)] = said
        assert len(changed) == len(data)
        left += bytes(changed) + b"\n"
    for form in encodings(secret):
        assert form.encode() not in left
