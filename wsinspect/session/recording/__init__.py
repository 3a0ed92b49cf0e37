"""Bytes on their way into the file: the recorder takes them from a source, the writer thread stores them."""
