"""Keys that play a session."""

from __future__ import annotations

from textual.binding import Binding

from wsinspect.ui.actions.action import Action, Scope

_STEP = Binding.Group("Step", compact=True)
_MOMENT = Binding.Group("Close, mark", compact=True)
_PACE = Binding.Group("Speed", compact=True)

PLAY = (
    Action(
        "play", "p", "p", Scope.PLAY_MAIN, "Play",
        "play the session from its beginning, as it happened; or go back to the whole of it", "play",
    ),
    Action(
        "step-back", "comma", ",", Scope.PLAY, "Step back",
        "hold, and go to just before the newest message that is shown", "step(-1)", in_footer=True, group=_STEP,
    ),
    Action(
        "step", "full_stop", ".", Scope.PLAY, "Step", "hold, and go to the next message", "step(1)",
        in_footer=True, group=_STEP,
    ),
    Action(
        "moment-before", "left_curly_bracket", "{", Scope.PLAY, "Previous close, gap or mark",
        "go to the previous close, gap or mark", "moment(-1)", in_footer=True, group=_MOMENT,
    ),
    Action(
        "moment-after", "right_curly_bracket", "}", Scope.PLAY, "Next close, gap or mark",
        "go to the next close, gap or mark, and to its connection", "moment(1)", in_footer=True, group=_MOMENT,
    ),
    Action(
        "slower", "less_than_sign", "<", Scope.PLAY, "Slower", "half the speed, down to a quarter of the original",
        "pace(-1)", in_footer=True, group=_PACE,
    ),
    Action(
        "faster", "greater_than_sign", ">", Scope.PLAY, "Faster", "twice the speed, up to 64 times the original",
        "pace(1)", in_footer=True, group=_PACE,
    ),
    Action(
        "rewind", "left", "←", Scope.PLAY_MAIN, "Back 5 s", "5 seconds back", "seek(-5)", is_first=True,
    ),
    Action(
        "forward", "right", "→", Scope.PLAY_MAIN, "On 5 s", "5 seconds on", "seek(5)", is_first=True,
    ),
    Action(
        "go-to-time", "ctrl+g", "^g", Scope.PLAY, "Go to a time",
        "go to a time: 1:23, 14:02:31, +10, 50%", "place",
    ),
    Action(
        "skip-silences", "i", "i", Scope.PLAY, "Skip silences",
        "pass over silences of more than 3 s, or play them", "skip",
    ),
)  # fmt: skip
