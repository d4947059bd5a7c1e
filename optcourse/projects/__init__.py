"""What the projects need beside the lessons' functions: a training loop and stored results."""
