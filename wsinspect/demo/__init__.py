"""Real servers, a real gateway and real clients on loopback that show every classic close.

Nothing is pretended: each close comes out of a real exchange between two ends, through the real relay. Well-behaved
ends are ``websockets`` connections with their own judgement (limits, UTF-8, keepalive); an end is a raw socket only
where it must break a rule that the library keeps. All of it runs in a process of its own
(``python -m wsinspect.demo``), so that neither the screen nor the capture shares its event loop.
"""
