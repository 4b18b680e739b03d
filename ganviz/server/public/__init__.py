"""What a server needs that anybody may visit: every limit is on its side, nothing that a page sends is trusted."""
