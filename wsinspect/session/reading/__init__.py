"""Rows and connections read back in windows, live or finished, as of now or of a moment before."""
