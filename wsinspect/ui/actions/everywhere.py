"""Keys that work everywhere, and those of the help."""

from __future__ import annotations

from wsinspect.ui.actions.action import Action, Scope

EVERYWHERE = (
    Action("help-leave", "escape,question_mark,enter,q", "Esc", Scope.HELP, "Back", "back", "dismiss(None)"),
    Action("help", "question_mark", "?", Scope.APP, "Help", "all keys", "help", in_footer=True),
    Action("palette", "ctrl+p", "^p", Scope.APP, "palette", "find a command by its name", "command_palette"),
    Action("theme", "d", "d", Scope.APP, "Dark / light", "switch between dark and light", "toggle_theme"),
    Action(
        "quit", "q,ctrl+q", "q", Scope.APP, "Quit", "quit; asks while connections are open", "leave_app",
        in_footer=True,
    ),
    Action(
        "interrupt", "ctrl+c", "^c", Scope.APP, "Copy or quit",
        "copy what is selected with the mouse, else quit", "copy_or_quit",
    ),
)  # fmt: skip
