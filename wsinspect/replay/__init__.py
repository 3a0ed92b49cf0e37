"""Saved sessions as they happened: the play head that moves through their time."""
