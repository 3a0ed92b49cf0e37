"""The screen: the only code that knows textual. It reads the session through ``bridge`` and owns no data."""

import os

# Milliseconds in which a key behind Esc is taken for one key with it, Alt and that: in Textual's 100 people press both.
os.environ.setdefault("ESCDELAY", "25")
