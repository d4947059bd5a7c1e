"""The command optcourse: one command per thing a person wants done.

What a command needs is imported when it runs, so that help comes at once.
"""

# Each module adds its commands to the app; help lists them in this order.
from optcourse.cli import learner  # noqa: F401, I001
from optcourse.cli import author, instructor, reporting  # noqa: F401
from optcourse.cli.app import app


def main() -> None:
    """The entry point."""
    app()


__all__ = ["app", "main"]
