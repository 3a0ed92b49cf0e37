"""What a message means, in words: pure functions from rows and payloads to safe text."""
