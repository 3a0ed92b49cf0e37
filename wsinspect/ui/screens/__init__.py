"""The screens of the app: the main one and what opens above it."""
