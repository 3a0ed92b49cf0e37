"""One message, or one handshake, as lines of text."""
