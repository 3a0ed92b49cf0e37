"""How long a connection was silent before a row, which is said where a filter asks for that."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.session import Live
from tests.session.copying.twin import Twin
from tests.ui.conftest import MakeApp
from tests.ui.filtering import SIZE, begin_feed, feed_more, rows_of, to_messages, write
from wsinspect.model import Row, Side
from wsinspect.session.reader import Reader
from wsinspect.session.recording.ring import Keep
from wsinspect.ui.messages.silences import Silences
from wsinspect.wire.builder import build_frame

S = 10**9


async def test_it_is_said_of_what_a_filter_or_a_search_takes(live: Live, make_app: MakeApp) -> None:
    peer = begin_feed(live)
    feed_more(live, peer, 2, b"tick 1", b"tick 2")
    feed_more(live, peer, 9, b"tick 3", b"tick 4")
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)

        def said() -> list[str]:
            lines = (rows.render_line(y).text.rstrip() for y in range(rows.total))
            return [line[line.index("after") if "after" in line else line.index("tick") :] for line in lines]

        await write(pilot, "gap:>1s")
        assert said() == ["after 2.0 s  tick 1", "after 7.0 s  tick 3"]
        await pilot.press("escape")
        await write(pilot, "gap:>5s", key="ctrl+f")
        assert said() == ["tick 0", "tick 1", "tick 2", "after 7.0 s  tick 3", "tick 4"]
        await pilot.press("escape")
        await write(pilot, "tick")
        assert said() == [f"tick {number}" for number in range(5)]


def _found(reader: Reader, rows: list[Row], at_hand: list[Row]) -> dict[tuple[int, int], int | None]:
    silences = Silences()
    # It may take several calls, and what is known is not read again.
    for _ in rows:
        silences.look(reader, rows, at_hand)
    return silences.known(rows)


def test_the_row_before_is_read_where_it_is_not_at_hand(tmp_path: Path) -> None:
    twin = Twin(tmp_path, Keep(age_ns=3 * S))
    twin.open()
    for number in range(10):
        twin.now += (1 + number) * S // 10
        twin.read(0, Side.SERVER, build_frame(1, b"%d" % number))
        twin.flush()
    whole, kept = twin.stop()
    rows = whole.rows(1, 1, 10)
    expected = {(1, row.number): row.number * S // 10 if row.number > 1 else None for row in rows}
    assert _found(whole, rows, rows) == expected
    assert _found(whole, rows[::3], rows[::3]) == {(1, row.number): expected[1, row.number] for row in rows[::3]}
    # What a ring does not keep any more is no neighbour.
    there = kept.rows(1, 1, 10)
    assert there[0].number > 1
    assert _found(kept, there[2:], there) == {(1, row.number): expected[1, row.number] for row in there[2:]}
    assert _found(kept, there[1:2], there[1:2]) == {(1, there[1].number): None}
    whole.close()
    kept.close()
