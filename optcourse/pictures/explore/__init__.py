"""`explore`: one rule under sliders."""
