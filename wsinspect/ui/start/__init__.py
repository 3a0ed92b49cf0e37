"""The start screen: what is chosen there, and the folder of sessions."""
