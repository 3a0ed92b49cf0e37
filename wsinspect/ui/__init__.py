"""The screen: the only code that knows textual. It reads the session through ``bridge`` and owns no data."""
