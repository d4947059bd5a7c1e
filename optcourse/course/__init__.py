"""How the notebooks of the course are made and shipped."""
