"""What a filter takes: of rows, segment by segment, folded or not, by number or by place; and of connections."""
