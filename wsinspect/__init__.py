"""wsinspect: see every WebSocket connection, every frame, and why it closed."""

__version__ = "0.1.0"
