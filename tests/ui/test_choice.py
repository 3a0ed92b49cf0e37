"""Which connection is shown when the user did not just choose one."""

from __future__ import annotations

from wsinspect.model import Connection, SessionInfo
from wsinspect.ui.bridge import Pulse
from wsinspect.ui.connections.choice import Choice
from wsinspect.ui.tally import Counts


def pulse(connections: int, failed: int | None = None) -> Pulse:
    """A session of so many connections, one of which failed last."""
    info = SessionInfo(
        path="", source="", version="", started_ns=0, stopped_ns=None, notice="", http_requests=0, http_last="",
        bytes_on_disk=0, connections=connections, rows=0, open_connections=0, last_ns=0,
    )  # fmt: skip
    newest = None
    if failed is not None:
        newest = Connection(
            id=failed, source="relay", client="c", server="s", url="ws://s/", path="/", opened_ns=1, closed_ns=2
        )
    return Pulse(info, Counts(newest_failure=newest), None)


def test_the_first_failure_is_gone_to_and_no_other() -> None:
    choice = Choice()
    assert choice.next(pulse(2), 1) is None
    assert choice.next(pulse(3, failed=2), 1) == 2
    assert choice.next(pulse(4, failed=4), 2) is None


def test_who_reads_is_left_alone() -> None:
    choice = Choice()
    choice.stay()
    assert choice.next(pulse(3, failed=2), 1) is None


def test_what_is_not_there_yet_is_chosen_again_when_it_is() -> None:
    choice = Choice()
    choice.touch()
    assert choice.next(pulse(3), 5) is None
    assert choice.next(pulse(4), 3) is None
    choice.stay()
    assert choice.next(pulse(5), 4) == 5
    assert choice.next(pulse(6), 5) is None


def test_another_choice_meanwhile_stands() -> None:
    choice = Choice()
    assert choice.next(pulse(3), 5) is None
    choice.touch()
    assert choice.next(pulse(9), 2) is None


def test_the_first_that_was_missed_is_the_one() -> None:
    choice = Choice()
    choice.stay()
    assert choice.next(pulse(3), 5) is None
    assert choice.next(pulse(2), 3) is None
    assert choice.next(pulse(9), 2) == 5
