"""A learner's step as an optimizer of PyTorch (`optcourse.bridges.torch`) or Keras (`optcourse.bridges.keras`).

Nothing is imported here: each bridge needs its framework, which the course itself does without.
"""
