"""The widgets of the screens, one per module, each with its styles beside it."""
