"""``wsinspect`` without a command: the start screen, then what the user chooses there, and back again."""

from __future__ import annotations

from wsinspect.errors import WsInspectError
from wsinspect.paths import sessions_folder
from wsinspect.ui.start.choices import Back
from wsinspect.ui.start_app import StartApp


def start() -> int:
    """Show the start screen until the user quits it; returns the exit status."""
    back = Back()
    while True:
        app = StartApp(sessions_folder(), back)
        choice = app.run()
        if choice is None:
            return app.return_code or 0
        # The other screens take longer to load than this one to be shown.
        from wsinspect.cli.chosen import do

        try:
            left = do(choice, app.theme)
        except WsInspectError as error:
            back = Back(choice, str(error), theme=app.theme)
            continue
        if left.is_told_to_end or (left.status and not left.problem):
            return left.status
        back = Back(choice, left.problem, left.path, left.theme)
