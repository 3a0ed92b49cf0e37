"""A session written anew: a part of it, two merged, its secrets masked."""
