"""Masking: every kind of secret the rules know, the same secret once; ordinary text left alone."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest

from wsinspect.redact import PLACEHOLDER, Pattern, Redactor
from wsinspect.redact.shapes import luhn

JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----"


def mask(text: str, *, is_cut: bool = False) -> str:
    return Redactor().text(text, is_cut=is_cut)


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ('{"password":"x1"}', '{"password":"«password-1»"}'),
        ('{"user":"ana", "pass\\u0077ord" : "a\\"b"}', '{"user":"ana", "pass\\u0077ord" : "«password-1»"}'),
        ('{"accessToken":"abc"}', '{"accessToken":"«token-1»"}'),
        ('{"client_secret":"abc"}', '{"client_secret":"«secret-1»"}'),
        ('{"X-API-KEY":"abc"}', '{"X-API-KEY":"«key-1»"}'),
        ('{"pin":1234,"otp":"091833"}', '{"pin":"«code-1»","otp":"«code-2»"}'),
        ('{"password":12}', '{"password":"«password-1»"}'),
        ('{"passwords":{"a":"one","b":["two"]}}', '{"passwords":{"a":"«password-1»","b":["«password-2»"]}}'),
        ('{"credentials":{"user":"ana","key":"k"}}', '{"credentials":{"user":"ana","key":"«secret-1»"}}'),
        ('[{"name":"Authorization","value":"Bearer z"}]', '[{"name":"Authorization","value":"Bearer «token-1»"}]'),
        ('{"Cookie":"a=12345; b=xyz"}', '{"Cookie":"a=«cookie-1»; b=«cookie-2»"}'),
        ('{"q":"{\\"token\\":\\"a\\\\\\"b\\"}"}', '{"q":"{\\"token\\":\\"«token-1»\\"}"}'),
        ('42["auth",{"token":"t1"}]', '42["auth",{"token":"«token-1»"}]'),
        ("user=ana&password=correct+horse&x=1", "user=ana&password=«password-1»&x=1"),
        ("pass%77ord=a%26b&x=1", "pass%77ord=«password-1»&x=1"),
        ("wss://h/x?token=a%2Fb&n=1#access_token=zz", "wss://h/x?token=«token-1»&n=1#access_token=«token-2»"),
        ("https://ana:pw@h/", "https://«credentials-1»@h/"),
        ("https://ghtoken@h/", "https://«credentials-1»@h/"),
        ("Authorization: Digest username=a, response=b", "Authorization: Digest «token-1»"),
        ("{'Cookie': 'sid=abc'}", "{'Cookie': 'sid=«cookie-1»'}"),
        ('{"csrftoken":"abc","xsrfcookie":"abd"}', '{"csrftoken":"«token-1»","xsrfcookie":"«cookie-1»"}'),
        ('{"auth_token":"Basic YW5hOnB3"}', '{"auth_token":"Basic «credentials-1»"}'),
        ('{"authorization":"Bearer a\\"b"}', '{"authorization":"«token-1»"}'),
        ('{"cookie":5}', '{"cookie":5}'),
        ("login:guest\npasscode:pw\n", "login:guest\npasscode:«password-1»\n"),
        ("<a:Password Type='t'>pw</a:Password>", "<a:Password Type='t'>«password-1»</a:Password>"),
        ("api_key: 'abc'", "api_key: '«key-1»'"),
        (f"x {JWT} y", "x «token-1» y"),
        ("sent Bearer 0aZ9xy81 to", "sent Bearer «token-1» to"),
        ("card 4111 1111 1111 1111.", "card «card-1»."),
        ('{"card":4111111111111111}', '{"card":"«card-1»"}'),
        (f"a {PRIVATE_KEY} b", "a «private-key-1» b"),
        (json.dumps({"pem": PRIVATE_KEY}), '{"pem": "«private-key-1»"}'),
    ],
)
def test_a_secret_is_masked_where_it_stands(raw: str, masked: str) -> None:
    assert mask(raw) == masked


def test_a_card_and_a_field_of_one_digit_string() -> None:
    assert mask('{"card":4111111111111111,"n":5}').endswith(',"n":5}')


@pytest.mark.parametrize(
    "key",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "11ABCDE0000_" * 3,
        "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
        "xoxb-" + "123456789012-abcdefGHIJ",
        "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
        "sk-" + "proj-abcdEFGH1234ijklMNOP",
        "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
        "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5Ar",
        "npm_" + "a1B2c3D4e5" * 3 + "f6G7h8",
        "hf_" + "abcdefghijklmnopqrstuvwxyz123",
        "123456789:" + "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc",
        "dapi" + "0123456789abcdef" * 2,
        "hvs." + "CAESIJlU9JMYEhOPYv4igdhm9PnZDrabYTobQ4Ymnlq1qY",
        "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ],
)
def test_a_key_is_known_by_its_shape(key: str) -> None:
    assert mask(f'{{"x":"{key}"}}') == '{"x":"«key-1»"}'


@pytest.mark.parametrize(
    "text",
    [
        "token expired",
        "session 2207 has expired",
        "Bearer authentication required",
        "basic protection is missing",
        '{"key":"ArrowUp","session":2207,"max_tokens":100,"token_type":"bearer","code":1011,"auth":"plain"}',
        '{"password_required":true,"password":null,"password_expires":"2026-11-22"}',
        '{"token":" the"}',
        '{"type":"order","card":"4111111111111112","id":1795356153061,"at":1795356153061204000}',
        "frame with 64048 bytes exceeds limit of 32768 bytes",
        "?room=7&key=orders/2026-11-22&symbol=ACME",
        "https://host/path@2x/a:b",
        "role viewer may not read admin/audit",
        "550e8400-e29b-41d4-a716-446655440000",
        '{"public_key":"abcdefgh12345678"}',
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    redactor = Redactor()
    assert redactor.text(text) == text
    assert redactor.redactions == ()


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("Authorization", "Bearer abc", "Bearer «token-1»"),
        ("authorization", "abc", "«token-1»"),
        ("Proxy-Authorization", "Basic " + base64.b64encode(b"ana:pw").decode(), "Basic «credentials-1»"),
        ("Authorization", "Basic ünknown", "Basic «token-1»"),
        ("Authorization", " ", " "),
        ("Cookie", "no-name", "«cookie-1»"),
        ("Cookie", "a=; b=", "a=; b="),
        ("Cookie", 'theme=dark; sid="s3cr3t"', 'theme=«cookie-1»; sid="«cookie-2»"'),
        ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=«cookie-1»; Path=/; HttpOnly"),
        ("X-Api-Key", "abc", "«key-1»"),
        ("X-Amz-Security-Token", "abc", "«token-1»"),
        ("Private-Token", "abc", "«token-1»"),
        ("Ocp-Apim-Subscription-Key", "abc", "«key-1»"),
        ("Cf-Access-Client-Secret", "abc", "«secret-1»"),
        ("X-CSRFToken", "abc", "«token-1»"),
        ("Referer", "https://h/?access_token=abc", "https://h/?access_token=«token-1»"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("Sec-WebSocket-Protocol", f"chat.v2, {JWT}", "chat.v2, «token-1»"),
        ("Sec-WebSocket-Protocol", "access_token, abc", "access_token, «token-1»"),
        (
            "Sec-WebSocket-Protocol",
            "base64url.bearer.authorization.k8s.io.QUJDRUZH, base64.binary.k8s.io",
            "base64url.bearer.authorization.k8s.io.«token-1», base64.binary.k8s.io",
        ),
        ("Sec-WebSocket-Protocol", "graphql-transport-ws, actioncable-v1-json", None),
        ("User-Agent", "shop-web/4.2", None),
    ],
)
def test_headers(name: str, value: str, masked: str | None) -> None:
    assert Redactor().header(name, value) == (value if masked is None else masked)


def test_a_head_is_masked_line_by_line() -> None:
    head = (
        b"GET /x?token=abc HTTP/1.1\r\nHost: h\r\nX-Odd: a\r\n b=\xff\r\nCookie:  a=b1\r\n"
        b"no colon password=pw\r\n\r\nbody secret=s1"
    )
    redactor = Redactor()
    assert (
        redactor.head(head, "request")
        == (
            "GET /x?token=«token-1» HTTP/1.1\r\nHost: h\r\nX-Odd: a b=\\xff\r\nCookie:  a=«cookie-1»\r\n"
            "no colon password=«password-1»\r\n\r\nbody secret=«secret-1»"
        ).encode()
    )
    places = [place for one in redactor.redactions for place in one.places]
    assert places == ["request", "Cookie of the request", "request", "body of the request"]


def test_the_same_secret_has_one_placeholder_and_is_listed_once() -> None:
    redactor = Redactor()
    header = redactor.header("Authorization", "Bearer " + JWT, "request")
    message = redactor.text(f'{{"token":"{JWT}","other":"abcd"}}', "message 1")
    assert header == "Bearer «token-1»"
    assert message == '{"token":"«token-1»","other":"abcd"}'
    (one,) = redactor.redactions
    assert (one.placeholder, one.count, one.places) == ("«token-1»", 2, ("request", "message 1"))
    assert one.reason == "the header Authorization (Bearer); a JSON Web Token; a bearer token; a field called token"
    assert JWT not in repr(redactor.redactions)


def test_a_secret_is_found_where_nothing_names_it() -> None:
    redactor = Redactor()
    redactor.text('{"password":"hunter2!/é"}')
    for said in (
        "hunter2!/é",
        "hunter2%21%2F%C3%A9",
        "hunter2%2521/%25C3%25A9",
        '"hunter2!\\/\\u00e9"',
        "hunter2&#33;/&#xe9;",
        base64.b64encode("ana:hunter2!/é".encode()).decode(),
        base64.urlsafe_b64encode("xhunter2!/é?".encode()).decode(),
        quote(base64.b64encode("hunter2!/é".encode()).decode()),
        "hunter2!/é".encode().hex(),
    ):
        masked = redactor.text(f"a {said} b")
        assert "«password-1»" in masked, said
        assert re.sub(PLACEHOLDER, "", masked).strip('a b"') == "", said


def test_a_second_pass_masks_what_came_before_its_name() -> None:
    redactor = Redactor()
    texts = ["a close about s3cr3t-value", '{"password":"s3cr3t-value"}']
    for text in texts:
        redactor.text(text)
    redactor.settle()
    assert [redactor.text(text) for text in texts] == ["a close about «password-1»", '{"password":"«password-1»"}']
    assert redactor.redactions[0].count == 2


def test_a_short_word_is_masked_only_where_its_name_stands() -> None:
    redactor = Redactor()
    assert redactor.text('{"password":"open","state":"open"}') == '{"password":"«password-1»","state":"open"}'
    assert redactor.text("reopened") == "reopened"


def test_a_cut_secret_is_the_same_secret() -> None:
    redactor = Redactor()
    whole, cut = f'{{"token":"{JWT}"}}', f'{{"token":"{JWT[:50]}'
    masked: list[str] = []
    for _ in range(2):
        redactor.settle()
        masked = [redactor.text(cut, is_cut=True), redactor.text(whole), redactor.text(f"x {JWT[:30]}", is_cut=True)]
    assert masked == ['{"token":"«token-1»', '{"token":"«token-1»"}', "x «token-1»"]
    assert mask('{"password":"abc', is_cut=True) == '{"password":"«password-1»'
    assert mask('{"password":"ab\\u00', is_cut=True) == '{"password":"«password-1»'
    assert mask(PRIVATE_KEY[:50], is_cut=True) == "«private-key-1»"


def test_the_end_of_a_cut_text_may_be_the_beginning_of_a_secret() -> None:
    redactor = Redactor()
    redactor.text('{"password":"correct-horse/battery"}')
    assert redactor.text("it was correct-ho", is_cut=True) == "it was «password-1»"
    assert redactor.text("it was correct-horse%2Fbat", is_cut=True) == "it was «password-1»"
    assert redactor.text("it was correct-ho") == "it was correct-ho"


def test_a_sentence_may_quote_the_beginning_of_a_secret() -> None:
    redactor = Redactor()
    redactor.text('{"type":"login","password":"correct-horse"}')
    said = 'it closed 41.7 ms after message 5, "{"type":"login","password":"corr…"; then "correct-ho…" and "eyJhbGci…"'
    assert redactor.text(said) == (
        'it closed 41.7 ms after message 5, "{"type":"login","password":"«password-1»…"; then "«password-1»…" and '
        '"«token-1»…"'
    )


def test_a_redaction_can_be_switched_off() -> None:
    text = '{"password":"first-one","token":"second-one"}'
    redactor = Redactor()
    redactor.text(text)
    off = Redactor(off={redactor.redactions[0].key})
    assert off.text(text) == '{"password":"first-one","token":"«token-1»"}'
    assert [one.is_on for one in off.redactions] == [False, True]
    assert off.text("first-one second-one") == "first-one «token-1»"


def test_a_secret_inside_one_that_is_switched_off_stays_masked() -> None:
    text = f'{{"password":"x {JWT} y"}}'
    redactor = Redactor()
    redactor.text(text)
    off = Redactor(off={redactor.redactions[0].key})
    assert off.text(text) == '{"password":"x «token-1» y"}'


def test_a_peer_cannot_write_placeholders() -> None:
    assert mask("«token-1» «x»") == "\\u00abtoken-1» «x»"


def test_patterns_of_the_user() -> None:
    redactor = Redactor([Pattern("order", re.compile(r"ORD-\d+")), Pattern("seat", re.compile(r"seat (\w+)"))])
    assert redactor.text("ORD-17, seat A1, ORD-18") == "«order-1», seat «seat-1», «order-2»"
    assert redactor.redactions[0].reason == "a pattern of the configuration"


def test_places_that_overlap_become_one() -> None:
    redactor = Redactor([Pattern("seat", re.compile(r"seat eyJ\w+")), Pattern("none", re.compile(r"row()|row"))])
    masked = redactor.text(f"at seat {JWT} row")
    assert masked == "at «seat-1»«token-1» row"
    assert JWT[40:] not in masked


def test_binary_content_is_not_shown_when_it_holds_a_secret() -> None:
    redactor = Redactor()
    redactor.text('{"password":"s3cr3t-value"}')
    assert redactor.content(b"\x01\x02abc", "message 1", is_text=False) == b"\x01\x02abc"
    assert redactor.content(b"\x00\x05s3cr3t-value\x00", "message 2", is_text=False) is None
    assert redactor.content(b"\x82\xa8password\xa7hunter2", "message 3", is_text=False) is None
    assert redactor.redactions[-1].reason == "binary content with a field named like a secret"
    off = Redactor(off={redactor.redactions[-1].key})
    assert off.content(b"\x82\xa8password\xa7hunter2", is_text=False) == b"\x82\xa8password\xa7hunter2"


def test_text_content_that_is_not_utf8() -> None:
    assert Redactor().content(b'{"token":"a\xff"}x\xfe', is_text=True) == '{"token":"«token-1»"}x\\xfe'.encode()
    assert Redactor().content(b"caf\xc3", is_text=True, is_cut=True) == b"caf"


def test_luhn() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
