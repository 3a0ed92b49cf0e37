"""Keys of the preview of a report."""

from __future__ import annotations

from textual.binding import Binding

from wsinspect.ui.actions.action import Action, Scope

_MESSAGES = Binding.Group("Messages", compact=True)

REPORT = (
    Action("report-copy", "enter", "Enter", Scope.REPORT, "Copy", "copy the report as it stands here", "copy",
           in_footer=True),
    Action("report-write", "w", "w", Scope.REPORT, "Write", "write it to a file", "write", in_footer=True),
    Action("redaction-up", "up,k", "↑ k", Scope.REDACTIONS, "Up", "one secret up", "secret(-1)"),
    Action("redaction-down", "down,j", "↓ j", Scope.REDACTIONS, "Down", "one secret down", "secret(1)"),
    Action(
        "redaction-switch", "space", "space", Scope.REDACTIONS, "Mask / show",
        "show the secret in the report, or mask it again", "switch", in_footer=True,
    ),
    Action("report-format", "f", "f", Scope.REPORT, "Format", "the next format", "next_form", in_footer=True),
    Action("report-leave", "escape", "Esc", Scope.REPORT, "Back", "back without a copy", "leave", in_footer=True),
    Action("report-markdown", "1", "1", Scope.REPORT, "Markdown", "for GitHub and GitLab", "form('markdown')"),
    Action("report-jira", "2", "2", Scope.REPORT, "Jira", "Jira's wiki markup", "form('jira')"),
    Action("report-text", "3", "3", Scope.REPORT, "Text", "plain text", "form('text')"),
    Action("report-json", "4", "4", Scope.REPORT, "JSON", "for programs", "form('json')"),
    Action(
        "report-fewer", "minus", "-", Scope.REPORT, "Fewer messages",
        "fewer of the last messages", "messages(-1)", in_footer=True, group=_MESSAGES,
    ),
    Action(
        "report-more", "plus", "+", Scope.REPORT, "More messages",
        "more of the last messages", "messages(1)", in_footer=True, group=_MESSAGES,
    ),
    Action(
        "report-all", "a", "a", Scope.REPORT, "All",
        "on all connections, or on the chosen one again", "whole", in_footer=True,
    ),
)  # fmt: skip
