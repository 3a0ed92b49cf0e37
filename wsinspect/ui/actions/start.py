"""Keys of the start screen."""

from __future__ import annotations

from wsinspect.ui.actions.action import Action, Scope

START = (
    Action(
        "start-proxy", "p", "p", Scope.MENU, "Start a proxy",
        "record what crosses between your client and your server", "proxy",
    ),
    Action(
        "start-demo", "t", "t", Scope.MENU, "Try the demo",
        "real servers and clients that close in every classic way", "demo",
    ),
    Action(
        "start-explain", "e", "e", Scope.MENU, "Explain a code",
        "what a close code means, beside one it is confused with", "explain",
    ),
    Action("start-open", "o", "o", Scope.MENU, "Open a file", "look at a session that is not in the list", "open_file"),
    Action("session-open", "enter", "Enter", Scope.SESSIONS, "Open", "look at the session", "open", in_footer=True),
    Action(
        "session-rename", "r", "r", Scope.START, "Rename", "give the session another name", "rename", in_footer=True
    ),
    Action("session-note", "n", "n", Scope.START, "Note", "keep a note in the session's file", "note", in_footer=True),
    Action(
        "session-delete", "x,delete", "x", Scope.START, "Delete", "delete the session; asks first", "delete",
        in_footer=True,
    ),
    Action(
        "session-path", "y", "y", Scope.START, "Copy", "copy the path of the session's file", "copy_path",
        in_footer=True,
    ),
)  # fmt: skip
