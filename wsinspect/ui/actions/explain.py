"""Keys of the explanation of codes."""

from __future__ import annotations

from wsinspect.ui.actions.action import RELATED, Action, Scope

EXPLAIN = (
    Action("match-up", "up", "↑", Scope.EXPLAIN, "Up", "one match up", "pick(-1)"),
    Action("match-down", "down", "↓", Scope.EXPLAIN, "Down", "one match down", "pick(1)"),
    Action("match-page-up", "pageup", "PgUp", Scope.EXPLAIN, "Page up", "eight matches up", "pick(-8)"),
    Action("match-page-down", "pagedown", "PgDn", Scope.EXPLAIN, "Page down", "eight matches down", "pick(8)"),
    Action(
        "explain-previous", "left_square_bracket", "[", Scope.EXPLAIN, "Previous related code",
        "compare with the previous related code", "related(-1)", in_footer=True, group=RELATED, is_first=True,
    ),
    Action(
        "explain-next", "right_square_bracket", "]", Scope.EXPLAIN, "Next related code",
        "compare with the next related code", "related(1)", in_footer=True, group=RELATED, is_first=True,
    ),
    Action(
        "explain-take", "enter", "Enter", Scope.EXPLAIN, "Set beside the close",
        "set the code beside the one that closed", "take", in_footer=True, is_first=True,
    ),
    Action(
        "explain-scroll", "tab,shift+tab", "Tab", Scope.EXPLAIN, "Scroll",
        "to the comparison, to scroll it, and back to the search", "app.focus_next", in_footer=True,
    ),
    Action("explain-leave", "escape", "Esc", Scope.EXPLAIN, "Back", "back", "dismiss(None)", in_footer=True),
)  # fmt: skip
