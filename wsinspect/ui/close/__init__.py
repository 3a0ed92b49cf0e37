"""How a connection closed, as lines of text, and codes side by side."""
