"""`landscape`: how a run ends, over two hypers."""
