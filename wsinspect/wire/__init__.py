"""The protocol as bytes: frames, messages, compression, heads and closes, Sans-I/O and tolerant.

Nothing here opens a socket, keeps a clock or refuses input: a broken rule is a fact to report, not an error to raise.
"""
