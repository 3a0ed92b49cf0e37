"""What the tables hold: segments of both streams, inflated messages beside them, and what is found in them."""
