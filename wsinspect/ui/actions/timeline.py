"""Keys of the timeline."""

from __future__ import annotations

from textual.binding import Binding

from wsinspect.ui.actions.action import Action, Scope

_ZOOM = Binding.Group("Zoom", compact=True)
_PAN = Binding.Group("Pan", compact=True)
_AXIS = Binding.Group("Axis", compact=True)

TIMELINE = (
    Action(
        "timeline-hold", "space", "space", Scope.TIMELINE, "Hold",
        "hold the play head, or let it go on; a click on the time axis sends it there", "hold", in_footer=True,
    ),
    Action(
        "timeline-open", "enter", "Enter", Scope.TIMELINE, "Go",
        "go to the connection on the main screen; when it is played, to its opening if that is still to come", "open",
        in_footer=True,
    ),
    Action(
        "zoom-in", "plus,equals_sign", "+", Scope.TIMELINE, "Zoom in",
        "zoom in about the chosen connection; Ctrl and the wheel zoom about the pointer", "zoom(0.5)",
        in_footer=True, group=_ZOOM,
    ),
    Action(
        "zoom-out", "minus", "-", Scope.TIMELINE, "Zoom out",
        "zoom out, at last to everything", "zoom(2)", in_footer=True, group=_ZOOM,
    ),
    Action(
        "pan-left", "left,h", "←", Scope.TIMELINE, "Earlier",
        "to earlier times; dragging the bars does it too", "pan(-1)", in_footer=True, group=_PAN,
    ),
    Action(
        "pan-right", "right,l", "→", Scope.TIMELINE, "Later", "to later times", "pan(1)",
        in_footer=True, group=_PAN,
    ),
    Action(
        "axis-clock", "1", "1", Scope.TIMELINE, "Clock",
        "bars by the time of day", "axis('clock')", in_footer=True, group=_AXIS,
    ),
    Action(
        "axis-age", "2", "2", Scope.TIMELINE, "Age",
        "bars by age, side by side from their openings: what lasted equally long ends in one column", "axis('age')",
        in_footer=True, group=_AXIS,
    ),
    Action(
        "timeline-plots", "3", "3", Scope.TIMELINE, "Plots",
        "rate, closes, message sizes and round trips, where they have no room beside the bars", "plots",
        in_footer=True,
    ),
    Action("timeline-leave", "escape,t", "Esc", Scope.TIMELINE, "Back", "back to the main screen", "leave",
           in_footer=True),
    Action(
        "fit", "0,f", "0", Scope.TIMELINE, "All", "everything, and follow what comes", "fit", in_footer=True,
    ),
)  # fmt: skip
