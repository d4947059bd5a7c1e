"""`quiz`: a question whose every choice explains itself."""
