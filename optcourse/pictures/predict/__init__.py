"""`predict`: the learner says what will happen, then sees it."""
