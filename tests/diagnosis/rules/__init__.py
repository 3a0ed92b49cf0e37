"""For every rule one piece of evidence on which it must speak, and one much like it on which it must not."""
