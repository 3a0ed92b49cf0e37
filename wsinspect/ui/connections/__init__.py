"""The list of connections: what it holds, in which order, and how a line of it looks."""
