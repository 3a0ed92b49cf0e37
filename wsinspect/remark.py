"""What is good to know and no trouble, among notices that may tell of some."""

from __future__ import annotations


class Remark(str):
    """A notice that is not shown as a warning."""

    __slots__ = ()
