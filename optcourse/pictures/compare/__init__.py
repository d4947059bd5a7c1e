"""`compare`: several rules over the same steps."""
