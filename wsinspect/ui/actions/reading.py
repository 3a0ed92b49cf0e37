"""Keys of what is read on a screen of its own: a handshake, a message, any long text."""

from __future__ import annotations

from wsinspect.ui.actions.action import HITS, Action, Scope

READING = (
    Action(
        "handshake-leave", "escape,enter,h", "Esc", Scope.HANDSHAKE, "Back", "back to the main screen", "leave",
        in_footer=True,
    ),
    Action("line-up", "up,k", "↑ k", Scope.PAGE, "Up", "one line up", "scroll_up"),
    Action("line-down", "down,j", "↓ j", Scope.PAGE, "Down", "one line down", "scroll_down"),
    Action("text-page-up", "pageup,ctrl+u", "PgUp", Scope.PAGE, "Page up", "one page up", "page_up"),
    Action("text-page-down", "pagedown,ctrl+d", "PgDn", Scope.PAGE, "Page down", "one page down", "page_down"),
    Action("text-begin", "home,g", "Home g", Scope.PAGE, "Begin", "to the beginning", "scroll_home"),
    Action("text-end", "end,G", "End G", Scope.PAGE, "End", "to the end", "scroll_end"),
    Action("leave", "escape,enter", "Esc", Scope.MESSAGE, "Back", "back to the list", "leave", in_footer=True),
    Action(
        "message-previous", "left,h", "←", Scope.MESSAGE, "Previous",
        "the message before this one", "step(-1)", in_footer=True,
    ),
    Action(
        "message-next", "right,l", "→", Scope.MESSAGE, "Next",
        "the message after this one", "step(1)", in_footer=True,
    ),
    Action(
        "view-hit-next", "n", "n", Scope.MESSAGE, "Next hit", "to the next place of what is looked for", "hit(1)",
        in_footer=True, group=HITS,
    ),
    Action(
        "view-hit-previous", "N", "N", Scope.MESSAGE, "Previous hit", "to the place before", "hit(-1)",
        in_footer=True, group=HITS,
    ),
    Action(
        "view-text", "1", "1", Scope.MESSAGE, "Text",
        "the content as text; JSON is laid out", "show('text')",
    ),
    Action("view-hex", "2", "2", Scope.MESSAGE, "Hex", "the content byte by byte", "show('hex')"),
    Action(
        "view-frames", "3", "3", Scope.MESSAGE, "Frames",
        "the frames it came in, and the rules they broke", "show('frames')",
    ),
    Action(
        "more", "plus", "+", Scope.MESSAGE, "More",
        "load more of a message that is longer than what is shown", "more", in_footer=True,
    ),
    Action(
        "view-copy", "y", "y", Scope.MESSAGE, "Copy",
        "copy the message: its payload, JSON laid out, hex, a websocat line", "copy_menu", in_footer=True,
    ),
)  # fmt: skip
