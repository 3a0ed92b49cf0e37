"""What a filter's text says, and where a text that is no filter goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.filters.expressions import EXPRESSIONS
from wsinspect.filters import Expression, FilterError, parse, printed
from wsinspect.filters.expression import (
    After,
    All,
    Before,
    Broken,
    Code,
    Either,
    Fate,
    From,
    Gap,
    Is,
    Json,
    Kind,
    Moment,
    Not,
    OnConnection,
    OnPath,
    Order,
    Origin,
    Pattern,
    Size,
    Text,
    Type,
    terms,
)
from wsinspect.filters.grammar import DEEPEST, LONGEST
from wsinspect.filters.keys import KEYS

S = 10**9


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("tick", Text("tick")),
        ("  tick  ", Text("tick")),
        ('"a phrase"', Text("a phrase")),
        (r'"say \"hi\" \n"', Text(r'say "hi" \n')),
        (r'"ends with \\"', Text("ends with \\")),
        ('{"type":"tick"}', Text('{"type":"tick"}')),
        ("foo(bar)", Text("foo(bar)")),
        ("a-b", Text("a-b")),
        ("12:30", Text("12:30")),
        ("re:a(b|c)+", Pattern("a(b|c)+")),
        (r're:"a \d"', Pattern(r"a \d")),
        ("from:client", From(Origin.CLIENT)),
        ("FROM:Us", From(Origin.US)),
        ("type:tcp", Type(Kind.TCP)),
        ("size:>1kB", Size(Order.MORE, 1000)),
        ("size:>1KiB", Size(Order.MORE, 1024)),
        ("size:1.5MiB", Size(Order.EQUAL, 3 << 19)),
        ("size:<2gib", Size(Order.LESS, 2 << 30)),
        ("size:1.5MB", Size(Order.EQUAL, 1_500_000)),
        ("size:<=10", Size(Order.AT_MOST, 10)),
        ("conn:3", OnConnection(Order.EQUAL, 3)),
        ("conn:>=3", OnConnection(Order.AT_LEAST, 3)),
        ("path:/feed", OnPath("/feed")),
        ("after:14:02:10", After(Moment(50_530 * S))),
        ("before:2026-11-22T14:02", Before(Moment(50_520 * S, (2026, 11, 22)))),
        ("after:0:00:00.25", After(Moment(250_000_000))),
        ("gap:>1s", Gap(Order.MORE, S)),
        ("gap:>=1.5ms", Gap(Order.AT_LEAST, 1_500_000)),
        ("gap:<2min", Gap(Order.LESS, 120 * S)),
        ("code:1011", Code(Order.EQUAL, 1011)),
        ("code:>=4000", Code(Order.AT_LEAST, 4000)),
        ("code:1006,<1000", Either((Code(Order.EQUAL, 1006), Code(Order.LESS, 1000)))),
        ("code:1006,1011", Either((Code(Order.EQUAL, 1006), Code(Order.EQUAL, 1011)))),
        ("-type:ping,PONG", Not(Either((Type(Kind.PING), Type(Kind.PONG))))),
        ("conn:1,1", OnConnection(Order.EQUAL, 1)),
        ("path:a,b", OnPath("a,b")),
        ("is:Failed", Is(Fate.FAILED)),
        ("violation:", Broken("")),
        ("violation:mask", Broken("mask")),
        ("json:$.type=subscribe", Json(("type",), Order.EQUAL, "subscribe")),
        ("json:$.type==subscribe", Json(("type",), Order.EQUAL, "subscribe")),
        ('json:$.a["b c"][0][*]!="x y"', Json(("a", "b c", 0, None), Order.OTHER, "x y")),
        ("json:$.price>=5", Json(("price",), Order.AT_LEAST, "5")),
        ("json:$[*].id", Json((None, "id"))),
        ("json:$", Json(())),
        ('json:$.a=""', Json(("a",), Order.EQUAL, "")),
        ("-ping", Not(Text("ping"))),
        ("- ping", Not(Text("ping"))),
        ('"-ping"', Text("-ping")),
        ("a b", All((Text("a"), Text("b")))),
        ("a or b c", Either((Text("a"), All((Text("b"), Text("c")))))),
        ("a OR b", Either((Text("a"), Text("b")))),
        ('"or"', Text("or")),
        ("(a or b) c", All((Either((Text("a"), Text("b"))), Text("c")))),
        ("-(a b)", Not(All((Text("a"), Text("b"))))),
        ("(re:(a|b))", Pattern("(a|b)")),
        ("(from:client)", From(Origin.CLIENT)),
        ('("a")', Text("a")),
        ("", None),
        (" \t", None),
    ],
)
def test_what_it_says(text: str, expression: Expression | None) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("text", "pointed_at", "said"),
    [
        ("size:abc", "abc", "expected a size such as >1kB after size:, found 'abc'"),
        ("tick size:", "", "expected a size such as >1kB after size:"),
        ("size:5furlongs x", "5furlongs", "found '5furlongs'"),
        ("gap:>1 x", ">1", "expected a time such as >1s after gap:"),
        ("conn:#3", "#3", "a connection's number such as 3"),
        ("path:", "", "part of a path"),
        ("after:25:00", "25:00", "a time such as 14:02:10"),
        ("after:2026-02-30T10:00", "2026-02-30T10:00", "a time such as"),
        ("code:65536", "65536", "a close code such as 1011"),
        ("code:>65536", ">65536", "a close code such as 1011"),
        ("code:>", ">", "a close code such as 1011"),
        ("code:1006,x a", "x", "expected a close code such as 1011 after code:, found 'x'"),
        ("conn:1,,2", ",", "a connection's number such as 3 after conn:, found ','"),
        ("conn:1,", "", "a connection's number such as 3 after conn:"),
        ("size:>1,000", ">1,000", "a size such as >1kB"),
        ("type:tick", "tick", "expected text, binary, ping, pong, close or tcp after type:"),
        ("from:me", "me", "client, server or us"),
        ("is:closing", "closing", "expected open, closed or failed after is:, found 'closing'"),
        ("form:client", "form:", "'form:' is no key, perhaps from:; in quotes it is text"),
        ("zzz:1", "zzz:", "'zzz:' is no key; in quotes it is text"),
        ("http://x", "http:", "in quotes it is text"),
        ('a "b c', '"', 'expected a closing " for the one here'),
        ('"type":"tick"', ":", "expected a blank after the quotes, found ':'"),
        ('""', '""', "expected some text in the quotes"),
        ('size:"1', '"', "a closing"),
        ("(a", "(", "expected a ) for the ( here"),
        ("a)", ")", "expected a ( that this ) closes"),
        ("()", ")", "expected something to look for after (, found ')'"),
        ("a or", "", "expected something to look for after or"),
        ("or a", "or", "expected something to look for, found 'or'"),
        ("a or or b", "or", "expected something to look for after or, found 'or'"),
        ("-", "", "expected something to look for after -"),
        ("re:", "", "expected a regular expression after re:"),
        ("re:a[bc", "c", "unterminated character set"),
        ('re:"a[b c"', '"a[b', "unterminated character set"),
        ("re:((a{1000}){1000}){1000}", "((a{1000}){1000}){1000}", "counts that come to less in all"),
        ("json:type", "type", "expected a path such as $.type after json:, found 'type'"),
        ("json:$..a", "..a", "expected a step such as .name"),
        ("json:$.a=", "", "expected a value after ="),
        ("json:$.a=>5", ">5", "expected a value after =, found '>5'"),
        ("json:$.a>x", "x", "expected a number after >, found 'x'"),
        ('json:$.a="b"c', "c", "expected a blank after the value in quotes"),
        ('json:$["a"x', "x", "expected ] after the name"),
        ("(" * (DEEPEST + 2) + "a", "(", f"expected at most {DEEPEST} brackets"),
        ("-" * (DEEPEST + 2) + "a", "-", f"expected at most {DEEPEST} brackets"),
        ("a" * (LONGEST + 3), "aaa", "expected at most 2,000 characters, found 2,003"),
    ],
)
def test_what_is_wrong_and_where(text: str, pointed_at: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    error = caught.value
    assert said in str(error)
    shown = text[error.at : error.at + error.length]
    assert shown.startswith(pointed_at) if pointed_at else (error.at, error.length) == (len(text), 0)


_SEVERAL = {
    "from": st.sampled_from([*Origin]).map(str),
    "type": st.sampled_from([*Kind]).map(str),
    "is": st.sampled_from([*Fate]).map(str),
    "conn": st.integers(0, 99).map(str),
    "code": st.integers(0, 65_535).map(str),
}


@given(
    st.sampled_from(list(_SEVERAL)).flatmap(
        lambda key: st.tuples(st.just(key), st.lists(_SEVERAL[key], min_size=1, max_size=5, unique=True))
    )
)
def test_several_values_are_any_of_them(said: tuple[str, list[str]]) -> None:
    key, values = said
    assert parse(f"{key}:{','.join(values)}") == parse(" or ".join(f"{key}:{value}" for value in values))


def test_the_keys_that_take_several_are_those() -> None:
    assert {key.name for key in KEYS.values() if key.takes_several} == set(_SEVERAL)


def test_every_key_has_an_error_of_its_own() -> None:
    for name in KEYS:
        if name != "violation":
            with pytest.raises(FilterError, match=f"after {name}:"):
                parse(f"{name}:")


@settings(deadline=None)
@given(EXPRESSIONS)
def test_what_is_printed_reads_back(expression: Expression) -> None:
    text = printed(expression)
    assert parse(text) == expression
    assert parse(f"({text})") == expression
    assert list(terms(expression))


_PIECES = st.sampled_from(
    [*"()-\"'\\ :$.[]*=<>!{}?+|^#", " or ", "re:", "json:$", "size:>", "after:1", "code:", "[*]", "a", "é", "\n", "\0"]
)


@settings(deadline=None)
@example("re:)")
@example("size: a")
@given(st.text(max_size=40) | st.lists(_PIECES | st.sampled_from(list(KEYS)), max_size=14).map("".join))
def test_any_text_is_a_filter_or_an_error_inside_it(text: str) -> None:
    problem: FilterError | None = None
    expression: Expression | None = None
    try:
        expression = parse(text)
    except FilterError as error:
        problem = error
    if problem is not None:
        assert 0 <= problem.at <= len(text)
        assert 0 <= problem.length <= len(text) - problem.at
        # Where something is missing nothing is wrong but the place: the end, or what stands there instead.
        assert problem.length or problem.at == len(text) or text[problem.at].isspace() or text[problem.at] == ")"
        assert str(problem)
    elif expression is not None:
        assert parse(printed(expression)) == expression
