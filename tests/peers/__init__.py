"""Peers for tests: raw sockets that do what no library would."""
