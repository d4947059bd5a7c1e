"""`clinic`: a broken rule, whose fault the learner names."""
