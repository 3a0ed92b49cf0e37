"""Connections over time: bars, plots and the words around them."""
