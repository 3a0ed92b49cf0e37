"""Masks secrets in everything that leaves wsinspect: reports, copies, pictures, crash files.

Pure. ``Redactor`` masks and ``register`` keeps the list; what counts as a secret is said in ``names`` (fields and
headers), ``shapes`` (what is known by its form) and ``rules`` (where they stand); ``forms`` finds a known secret in
other encodings.
"""

from wsinspect.redact.redactor import Redactor, Span
from wsinspect.redact.rules import Pattern
from wsinspect.redact.secret import PLACEHOLDER, Redaction

__all__ = ["PLACEHOLDER", "Pattern", "Redaction", "Redactor", "Span"]
