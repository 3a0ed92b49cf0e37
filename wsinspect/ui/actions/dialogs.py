"""Keys of menus, questions and fields that ask."""

from __future__ import annotations

from wsinspect.ui.actions.action import Action, Scope

DIALOGS = (
    Action("copy-up", "k", "k", Scope.COPY, "Up", "one line up", "choose(-1)"),
    Action("copy-down", "j", "j", Scope.COPY, "Down", "one line down", "choose(1)"),
    Action("copy-write", "w", "w", Scope.COPY, "Write", "write the chosen one to a file", "write"),
    Action("copy-leave", "escape,y", "Esc", Scope.COPY, "Back", "back without a copy", "dismiss(None)"),
    Action("note-remove", "ctrl+r", "^r", Scope.NOTE, "Remove", "take the mark away", "remove"),
    Action("choice-up", "k", "k", Scope.CHOICE, "Up", "one line up", "choose(-1)"),
    Action("choice-down", "j", "j", Scope.CHOICE, "Down", "one line down", "choose(1)"),
    Action("choice-leave", "escape", "Esc", Scope.CHOICE, "Back", "back, all stays as it is", "dismiss(None)"),
    Action("asked-leave", "escape", "Esc", Scope.ASK, "Back", "back, nothing is changed", "dismiss(None)"),
    Action("yes", "y", "y", Scope.QUESTION, "Yes", "yes", "answer(True)"),
    Action("no", "n,escape", "n Esc", Scope.QUESTION, "No", "no", "answer(False)"),
    Action("yes-interrupt", "ctrl+c", "^c", Scope.QUESTION, "Yes", "yes, as y", "answer(True)"),
    Action("answer-left", "left,up", "←", Scope.QUESTION, "Left", "to the answer on the left", "app.focus_previous"),
    Action("answer-right", "right,down", "→", Scope.QUESTION, "Right", "to the answer on the right", "app.focus_next"),
)  # fmt: skip
