"""How things are drawn: columns and lines, tones, and the one way from peer text to the screen."""
