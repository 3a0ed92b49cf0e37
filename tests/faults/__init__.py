"""Faults that must lose nothing: a recorder that is killed."""
