"""A damaged session: whether it can be read as it is, and what of it is sound."""
