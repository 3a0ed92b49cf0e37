"""Connections on a time axis: spans, ticks, bars, shades and small plots as plain values. Pure."""
