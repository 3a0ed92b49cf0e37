"""What a filter takes: segment by segment, forward and back, folded or not, by number or by place."""
