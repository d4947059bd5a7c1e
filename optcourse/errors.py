"""What a person did that can't be done, said in one sentence."""


class UserError(Exception):
    """The message is for the person at the keyboard: what was wrong, and what to do. Never a traceback."""
