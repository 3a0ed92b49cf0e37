"""Each rule speaks where it should, is silent where it should be, and says it well."""

from __future__ import annotations

import pytest

from tests.diagnosis.building import CLIENT, opened
from tests.diagnosis.rules import applications, connections, crowds, frames, refused
from tests.diagnosis.rules.table import Table
from wsinspect import text
from wsinspect.codes import from_key
from wsinspect.diagnosis.findings import findings
from wsinspect.diagnosis.rules import RULES
from wsinspect.diagnosis.saying import MAX_CAUSE, Rule

TABLES: tuple[Table, ...] = (
    *(connections.OWN, connections.TARGET, connections.TRANSPORT),
    *(refused.HANDSHAKE, refused.REQUESTS, refused.REFUSALS, refused.GATEWAYS),
    *(frames.FRAMING, frames.SIZES, frames.KEEPALIVE),
    *(applications.SERVER_FAILURE, applications.POLICY, applications.CLIENT_SIDE),
    *(crowds.TIMEOUTS, crowds.RESTARTS, crowds.FLEET, crowds.ANSWERS),
)
CASES = {rule: pair for table in TABLES for rule, pair in table.items()}


def _name(rule: object) -> str:
    return getattr(rule, "__name__", "")


def test_every_rule_has_its_cases() -> None:
    assert set(CASES) == set(RULES)
    assert len(RULES) == len(set(RULES))


@pytest.mark.parametrize("rule", CASES, ids=_name)
def test_it_speaks_where_it_should(rule: Rule) -> None:
    found = rule(CASES[rule].fires)
    assert found is not None
    assert found in findings(CASES[rule].fires)


@pytest.mark.parametrize("rule", CASES, ids=_name)
def test_it_is_silent_where_it_should_be(rule: Rule) -> None:
    assert rule(CASES[rule].silent) is None


@pytest.mark.parametrize("rule", CASES, ids=_name)
def test_it_says_it_well(rule: Rule) -> None:
    evidence = CASES[rule].fires
    found = rule(evidence)
    assert found is not None
    for sentence in (found.cause, found.because, found.next_step):
        assert sentence == sentence.strip()
        assert not sentence.endswith(".")
        assert sentence.isprintable()
    for sentence in (found.cause, found.next_step):
        assert not sentence[:1].isupper() or sentence.split(" ")[0].strip(":,'s") in _NAMES, sentence
    assert 0 < text.cells(found.cause) <= (130 if found.is_note else MAX_CAUSE)
    assert len(found.because) <= 200
    assert set(found.rows) <= {row.number for row in evidence.all_rows}
    assert set(found.others) <= {sibling.id for sibling in evidence.siblings}
    from_key(found.topic)


_NAMES = {"TCP", "TLS", "WebSocket", "GraphQL", "Caddy", "Jetty", "Python", "HTTP"}
"""Words that keep their capital at the beginning of a sentence."""


def test_names_are_stable_words() -> None:
    names = [found.rule for rule in RULES if (found := rule(CASES[rule].fires)) is not None]
    assert all(name == name.lower() and name.replace("-", "").isalnum() for name in names)


def test_nothing_is_said_while_the_connection_lives() -> None:
    assert findings(opened().text(CLIENT, 5).evidence()) == ()
