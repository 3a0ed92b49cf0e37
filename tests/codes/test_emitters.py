"""Who sends exactly this, who refuses it, and what programs are told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect import codes
from wsinspect.codes import CatalogueError, HttpStatus, Sender, TransportEnd, VendorCode
from wsinspect.codes.catalogue import DATA
from wsinspect.codes.details import details
from wsinspect.codes.emitters import answers, emissions, senders
from wsinspect.codes.products import answering, asking, is_relayed, load_product, product, products
from wsinspect.codes.receivers import at, measured_like, receivers, refusing, told, told_of_own
from wsinspect.model import Ending, Side
from wsinspect.wire.handshake import ResponseHead, parse_response

FILES = sorted((DATA / "software").glob("*"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_product_keeps_the_form(path: Path) -> None:
    assert path.suffix == ".toml"
    assert path.read_text("utf-8").isascii()
    found = load_product(path)
    assert found.emissions or found.is_gateway
    for pattern in (*found.answer, *found.request, *found.hosts):
        assert pattern == pattern.lower()
        assert len(pattern.strip("*. :")) > 3, "a pattern that anything fits"
    for pattern in (*found.answer, *found.request):
        assert not pattern.startswith("*"), "a pattern names its header"
    if found.emissions:
        assert found.is_gateway == all(emission.sender is Sender.GATEWAY for emission in found.emissions)
    for emission in found.emissions:
        codes.lookup(emission.topic)
        assert len(emission.why) <= 90, emission.why
        assert not emission.why.endswith(".")
        assert emission.sender not in (Sender.LOCAL, Sender.NOBODY)
        assert emission.is_verified or "reportedly" in emission.why
        assert emission.is_verified == (emission.source != "general knowledge" and "reportedly" not in emission.why)
        assert emission.end is None or isinstance(emission.topic, int)
        assert emission.is_wire or emission.topic in (1005, 1006) or isinstance(emission.topic, HttpStatus)
        assert not (emission.is_answer and emission.topic == 1006)
        assert not (isinstance(emission.topic, HttpStatus) and emission.reasons)


def test_nothing_stands_there_twice() -> None:
    seen = [(emission.software, emission.topic, emission.sender, emission.why) for emission in emissions()]
    assert len(set(seen)) == len(seen)


ODD = {1010}
"""Sent by libraries although it is not theirs to send: faye's servers answer a failing extension so."""


def test_nobody_sends_what_the_standard_gives_to_the_other_side() -> None:
    for emission in emissions():
        if not isinstance(emission.topic, int) or emission.topic in ODD:
            continue
        entry = codes.lookup(emission.topic)
        assert entry.is_wire == (emission.topic not in (1005, 1006)), codes.key(emission.topic)
        if entry.sender is Sender.SERVER:
            assert emission.sender is not Sender.CLIENT, (emission.software, emission.topic)
        assert emission.topic != 1014, "no product is known to send it by itself"


def names(*args: object, **kwargs: object) -> list[str]:
    return [match.emission.software for match in senders(*args, **kwargs)]  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("code", "reason", "software"),
    [
        (1011, "keepalive ping timeout", ["Python websockets", "uvicorn with Starlette or FastAPI"]),
        (1000, "ping timed out", ["Tornado (also Jupyter)"]),
        (1000, "please reconnect", ["uWebSockets"]),
        (1009, "frame with 2097152 bytes exceeds limit of 1048576 bytes",
         ["Python websockets", "uvicorn with Starlette or FastAPI"]),
        (1009, "read limited at 32769 bytes", ["coder/websocket, formerly nhooyr (Go)"]),
        (1001, "The WebSocket session [7] idle timeout expired", ["Apache Tomcat"]),
        (1007, "invalid start byte at position 0", ["Python websockets"]),
    ],
)  # fmt: skip
def test_a_telling_reason_names_the_software(code: int, reason: str, software: list[str]) -> None:
    matches = senders(code, reason)
    assert all(match.is_telling for match in matches)
    assert sorted(match.emission.software for match in matches) == software


def test_without_a_reason_only_those_that_give_none() -> None:
    matches = senders(1011, "")
    assert {"Hypercorn", "Python websockets", "Cowboy (Erlang, Phoenix)"} <= {m.emission.software for m in matches}
    assert not any(match.is_telling for match in matches)
    assert not any(match.emission.reasons for match in matches)


def test_without_a_capture_any_reason_will_do() -> None:
    assert {"Hypercorn", "Ktor", "Jetty"} <= set(names(1011))


def test_an_unknown_reason_leaves_only_those_that_say_anything() -> None:
    matches = senders(1011, "KeyError: 'qty'")
    assert {match.emission.software for match in matches} == {"Jetty", "Ktor"}
    assert not any(match.is_telling for match in matches)
    assert senders(1012, "deploying") == ()


def test_the_side_that_sent_it_narrows() -> None:
    assert "Hypercorn" not in names(1011, "", side=Side.CLIENT)
    assert "Hypercorn" in names(1011, "", side=Side.SERVER)
    assert "undici, Node's own WebSocket" not in names(1008, "Too many message fragments", side=Side.SERVER)
    assert names(1008, "Too many message fragments", side=Side.CLIENT) == ["undici, Node's own WebSocket"]
    assert "nginx" in names(1006, "", side=Side.CLIENT)


def test_the_end_of_tcp_narrows() -> None:
    assert "Daphne / Django Channels (Autobahn)" in names(1006, "", end=Ending.RST)
    assert "nginx" not in names(1006, "", end=Ending.RST)


def test_refusals_of_the_upgrade_are_known_too() -> None:
    assert {"uvicorn with Starlette or FastAPI", "Hypercorn"} <= set(names(HttpStatus(403)))
    assert names(HttpStatus(502), side=Side.SERVER)[0] == "AWS Application Load Balancer"


def test_what_only_answers_explains_no_first_close() -> None:
    assert "aiohttp" in names(1000, "")
    assert not any(match.emission.why.startswith("its answer") for match in senders(1000, ""))
    found = answers(1000, "", side=Side.CLIENT)
    assert {match.emission.product for match in found} == {"aiohttp", "websocket-node"}
    assert {match.emission.product for match in answers(1002, "bad close code 1014")} == {"gorilla"}
    assert answers(1011, "") == ()


def test_a_code_on_the_wire_is_not_its_absence() -> None:
    wire, cut = senders(1006, is_wire=True), senders(1006, is_wire=False)
    assert {match.emission.product for match in wire} == {"anycable", "ttyd"}
    assert len(wire) + len(cut) == len(senders(1006))


@pytest.mark.parametrize("end", [Ending.FIN, Ending.CLOSE_NOTIFY, Ending.TLS_TRUNCATED])
def test_tls_does_not_hide_who_ends_so(end: Ending) -> None:
    found = {match.emission.product for match in senders(1006, "", side=Side.SERVER, end=end, is_wire=False)}
    assert {"uvicorn", "aiohttp", "tornado", "nginx"} <= found
    assert not any(match.emission.end is Ending.RST for match in senders(1006, end=end))


def test_the_ways_in_which_one_product_ends_so() -> None:
    matches = senders(1006, "", side=Side.SERVER, end=Ending.FIN, is_wire=False)
    ways = [match.emission.why for match in matches if match.emission.product == "uvicorn"]
    assert ways[:2] == [
        "the application raised after it accepted",
        "the application returned without websocket.close()",
    ]


def head(*lines: str) -> ResponseHead:
    return parse_response("\r\n".join(["HTTP/1.1 101 Switching Protocols", *lines, "", ""]).encode("latin-1"))


@pytest.mark.parametrize(
    ("line", "key", "is_gateway"),
    [
        ("Server: Python/3.11 websockets/17.4", "websockets", False),
        ("server: uvicorn", "uvicorn", False),
        ("Server: TornadoServer/6.6.1", "tornado", False),
        ("Server: Python/3.11 aiohttp/3.14.5", "aiohttp", False),
        ("Server: nginx/1.22.1", "nginx", True),
        ("CF-RAY: 8e6f00000000-FRA", "cloudflare", True),
        ("Via: 1.1 Caddy", "caddy", True),
        ("X-Vercel-Id: fra1::x", "vercel", True),
    ],
)
def test_a_header_of_the_answer_names_its_software(line: str, key: str, is_gateway: bool) -> None:
    (found,) = answering(head("Upgrade: websocket", line))
    assert (found.key, found.is_gateway) == (key, is_gateway)
    assert found == product(key)


def test_hosts_and_agents_name_software_too() -> None:
    assert [one.key for one in answering(None, "x.execute-api.eu-west-1.amazonaws.com")] == ["aws-api-gateway"]
    chrome = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
    assert [one.key for one in asking(head(chrome))] == ["chrome"]
    assert asking(head("User-Agent: shop/1.0")) == answering(head("Server: shop")) == answering(None) == ()


def test_via_shows_that_something_passed_it_on() -> None:
    assert is_relayed(head("VIA: 1.1 edge"))
    assert not is_relayed(head("X-Via: 1.1 edge"))
    assert not is_relayed(None)


def test_every_product_is_known_once() -> None:
    assert len({one.name for one in products()}) == len(products()) == len(FILES)
    with pytest.raises(ValueError, match="no product is called 'x'"):
        product("x")


GOOD = 'name = "X"\nsource = "measured"\n[[close]]\ntopic = 1011\nby = "server"\nwhy = "it failed"\n'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("topic = 1011", 'topic = "end:rst"', "topic must be a close code or an HTTP status"),
        ("topic = 1011", "topic = 70000", "not a close code"),
        ("topic = 1011", "topic = true", "topic must be a text or a whole number"),
        ('by = "server"', 'by = "nginx"', "by is 'nginx', must be one of"),
        ("why =", "when =", "why is missing"),
        ("why =", "x = 1\nwhy =", "unknown key 'x'"),
        ("why =", 'about = "x"\nwhy =', "about is 'x', must be one of keepalive"),
        ("[[close]]", "[recognise]\nx = 1\n[[close]]", "recognise: unknown key 'x'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError, match=r"^x\.toml: ") as caught:
        load_product(path)
    assert problem in str(caught.value)


def test_who_refuses_a_code() -> None:
    refused = {receiver.name for receiver in refusing(1014)}
    assert {"gorilla/websocket", "Apache Tomcat", "uWebSockets", "Daphne / Autobahn", ".NET before 8"} <= refused
    assert not {"Python websockets", "Node ws", "Chrome", ".NET 8 and later"} & refused
    assert {receiver.name for receiver in refusing(1011)} == set()
    assert {receiver.name for receiver in refusing(3000)} == {"uWebSockets"}


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 4000, 4999])
def test_nobody_refuses_what_every_list_holds(code: int) -> None:
    assert refusing(code) == ()


def test_every_receiver_is_known_from_somewhere() -> None:
    assert len(receivers()) == 32
    assert all(receiver.source.startswith(("measured", "source")) for receiver in receivers())


def test_what_programs_are_told() -> None:
    about = {entry.name: entry for entry in told("empty")}
    assert len(about) == 9
    assert {name: entry.code for name, entry in about.items() if entry.code != 1005} == {
        "aiohttp": 1006, "npm websocket": 1006, "faye-websocket": 1000, "Tornado": None, "websocket-client": None,
    }  # fmt: skip
    assert about["Node ws"].told == "1005"
    assert about["aiohttp"].told.startswith("1006")
    assert about["faye-websocket"].told == "1000"
    assert {entry.name: entry.answered for entry in told(1014)}["faye-websocket"].startswith("1002")
    assert len(told(TransportEnd("rst"))) == 9
    assert told(1003) == ()


@pytest.mark.parametrize("code", [1000, 1001, 1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 1016, 2999, 3000, 5000])
def test_each_client_says_one_thing_about_each_code(code: int) -> None:
    named = [entry.name for entry in told(code) if entry.version != "by the standard"]
    assert len(set(named)) == len(named) == 8


def test_what_was_measured_twice_agrees() -> None:
    """A client that answers 1002 to a code must be listed as refusing it."""
    listed = {"Node ws": "Node ws", "Python websockets": "Python websockets", "aiohttp": "aiohttp"}
    for client, receiver in listed.items():
        refuses = next(one for one in receivers() if one.name == receiver)
        for code in (1000, 1004, 1005, 1006, 1011, 1012, 1014, 1015, 1016, 2999, 3000, 4000, 5000):
            answered = next(entry.answered for entry in told(code) if entry.name == client)
            assert answered.startswith("1002") == refuses.refuses(code), (client, code)


def test_every_table_has_a_source() -> None:
    for name, key in (("receivers", "receiver"), ("clients", "client")):
        values = tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))
        assert all(part["source"] for part in values[key])


def test_details_of_a_conclusion_are_those_of_the_wire() -> None:
    empty = details(1005, is_wire=False)
    assert {entry.name for entry in empty.told} == {entry.name for entry in told("empty")}
    assert empty.refusing == ()
    cut = details(TransportEnd("rst"), is_wire=False)
    assert {match.emission.software for match in cut.senders} >= {"Daphne / Django Channels (Autobahn)"}
    assert all(match.emission.end is Ending.RST for match in cut.senders)
    assert {"nginx", "uvicorn"} <= {
        match.emission.product for match in details(TransportEnd("fin"), is_wire=False).senders
    }
    refused = details(HttpStatus(403), is_wire=False)
    assert refused.senders
    assert refused.told == ()
    assert details(VendorCode("discord", 4004), is_wire=True).refusing == ()
    assert details(1014, is_wire=True, reason="x", side=Side.SERVER).senders == ()


def test_what_a_library_tells_of_its_own_close() -> None:
    own = {entry.name: entry.code for entry in told_of_own(1007)}
    assert own["Node ws"] == own["undici (Node)"] == own["Python websockets"] == 1006
    assert own["faye-websocket"] == own["aiohttp"] == 1007
    assert told_of_own(1000) == ()


@pytest.mark.parametrize(
    ("code", "like"), [(4004, 4000), (3999, 3000), (1003, 1011), (999, 1016), (65535, 5000), (1014, 1014), (1005, 1005)]
)
def test_every_code_is_like_one_that_was_measured(code: int, like: int) -> None:
    assert measured_like(code) == like
    assert told(like)
    for receiver in receivers():
        if receiver.name != "Chrome":  # of which only the reserved codes are known
            assert receiver.refuses(code) == receiver.refuses(like) or code >= 5000


def test_products_of_a_table_are_known() -> None:
    known = {one.key for one in products()}
    assert {key for entry in receivers() for key in entry.products} <= known
    assert {key for entry in told(1011) for key in entry.products} <= known
    assert [entry.name for entry in at(told(1011), {"firefox"})] == ["a browser"]
    assert at(told(1011), set()) == ()


@pytest.mark.parametrize("code", range(65536)[::257])
def test_every_code_asks_for_details(code: int) -> None:
    about = details(code, is_wire=codes.lookup(code).is_wire)
    assert all(match.emission.topic == code for match in about.senders)


@given(st.text(max_size=200), st.binary(max_size=60))
def test_no_reason_and_no_header_raises(reason: str, value: bytes) -> None:
    for code in (1000, 1002, 1011):
        senders(code, reason)
    answering(head(f"Server: {value.decode('latin-1')}".replace("\n", " ").replace("\r", " ")), reason)
