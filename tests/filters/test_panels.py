"""What messages, or connections, cannot answer is pointed at."""

from __future__ import annotations

import pytest

from wsinspect.filters import FilterError, parse, parse_for_connections, parse_for_messages


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("feed json:$.a=1", "json:$.a=1"),
        ("-(json:$.a)", "json:$.a"),
        ("feed or -type:ping", "type:ping"),
        ("type:tcp,ping", "type:tcp,ping"),
    ],
)
def test_what_no_connection_can_answer_is_pointed_at(text: str, wrong: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_for_connections(text)
    assert text[caught.value.at : caught.value.at + caught.value.length] == wrong
    assert "in Messages" in str(caught.value)


def test_nothing_and_what_is_no_filter_at_all() -> None:
    assert parse_for_connections("  ") is None
    with pytest.raises(FilterError):
        parse_for_connections("(feed")


@pytest.mark.parametrize(
    ("text", "wrong"), [("tick is:failed", "is:failed"), ("(a or -is:open,failed)", "is:open,failed")]
)
def test_what_no_message_can_answer_is_pointed_at(text: str, wrong: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_for_messages(text)
    assert text[caught.value.at : caught.value.at + caught.value.length] == wrong
    assert "in Connections" in str(caught.value)


def test_what_messages_can_answer_is_as_parsed() -> None:
    assert parse_for_messages("type:ping or -tick") == parse("type:ping or -tick")
