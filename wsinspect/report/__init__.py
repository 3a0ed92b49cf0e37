"""What is said of a session outside the screen: lines for people, records for programs. Pure."""
