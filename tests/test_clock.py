from wsinspect.clock import JUMP_NS, Clock


class FakeTime:
    """Two clocks that move as told."""

    def __init__(self) -> None:
        self.wall = 1_000_000_000_000
        self.monotonic = 50

    def pass_by(self, nanoseconds: int, *, asleep: int = 0) -> None:
        self.wall += nanoseconds + asleep
        self.monotonic += nanoseconds


def _clock() -> tuple[Clock, FakeTime]:
    time = FakeTime()
    return Clock(lambda: time.wall, lambda: time.monotonic), time


def test_follows_the_monotonic_clock() -> None:
    clock, time = _clock()
    time.pass_by(7)
    assert clock.now_ns() == 1_000_000_000_007
    time.wall += 500
    assert clock.now_ns() == 1_000_000_000_007


def test_reanchor_takes_a_small_step_ahead_silently() -> None:
    clock, time = _clock()
    time.pass_by(5, asleep=1000)
    assert clock.reanchor() == 0
    assert clock.now_ns() == time.wall


def test_sleep_is_reported_once() -> None:
    clock, time = _clock()
    time.pass_by(5, asleep=12 * 60 * 10**9)
    assert clock.reanchor() == 12 * 60 * 10**9
    assert clock.now_ns() == time.wall
    assert clock.reanchor() == 0


def test_small_step_back_keeps_times_in_order() -> None:
    clock, time = _clock()
    before = clock.now_ns()
    time.pass_by(10, asleep=-1000)
    assert clock.reanchor() == 0
    assert clock.now_ns() == before + 10


def test_clock_set_back_is_reported() -> None:
    clock, time = _clock()
    time.pass_by(10, asleep=-JUMP_NS - 1)
    assert clock.reanchor() == -JUMP_NS - 1
    assert clock.now_ns() == time.wall


def test_real_clocks() -> None:
    clock = Clock()
    first = clock.now_ns()
    assert clock.reanchor() == 0
    assert clock.now_ns() >= first > 1_700_000_000_000_000_000
