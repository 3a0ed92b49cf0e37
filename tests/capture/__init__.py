"""Tests of the capture process, over real sockets on loopback."""
