"""A learner's step as an optimizer of PyTorch (`bridges.torch`) or of Keras (`bridges.keras`).

Nothing is imported here: each bridge needs its framework, which the course itself does without.
"""
