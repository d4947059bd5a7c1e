"""Right answers in many styles: one file a rule, in which each public function is a right answer.

They are written from the formulas and know neither the reference nor one another.
"""
