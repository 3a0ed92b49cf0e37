"""The app on a session whose reader fails as no reader should: run by the test of crashes."""

import sys
from pathlib import Path

from wsinspect.model import Connection
from wsinspect.session.reader import Reader
from wsinspect.ui.app import WsInspectApp


class Crashing(Reader):
    """Opens a session and then breaks, with a secret at hand and words that act on a terminal."""

    def connections(self, first: int, count: int) -> list[Connection]:
        """Fails."""
        secret = "hunter2-in-a-local"
        raise RuntimeError(f"went\x1b]0;owned\x07wrong[/x] after {len(secret)} letters")


app = WsInspectApp(Path(sys.argv[1]), open_reader=Crashing)
app.run()
sys.exit(app.return_code)
