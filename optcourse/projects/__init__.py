"""What the projects need beside the lessons' functions: a training loop to compare with, and stored results."""
