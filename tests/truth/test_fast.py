"""The fast part of the table: the first finding names the cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.truth.case import Case, run
from tests.truth.cases import CASES

pytestmark = pytest.mark.integration


def test_the_table_is_large_enough_and_names_each_case_once() -> None:
    assert len(CASES) >= 50
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case.is_fast], ids=lambda case: case.name)
async def test_the_first_finding_is_the_cause(case: Case, tmp_path: Path) -> None:
    outcome = await run(case, tmp_path)
    if outcome.skipped:
        pytest.skip(f"{outcome.skipped} is not here")
    assert not outcome.problem
    assert outcome.found == case.cause, outcome.findings
