"""The formats of what is stored: each has a name, and a number that the file says itself.

A file of an earlier version, with a lower number or none, is read; one of a later version is refused, for
this version would lose what it does not know. docs/architecture.md lists them. Knows no file's content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optcourse.errors import UserError


@dataclass(frozen=True)
class Format:
    """A kind of stored file, and the number that this version writes.

    A file of the workspace has its content under `key`, and words `about` itself for who opens it.
    """

    file: str
    number: int
    key: str = ""
    about: str = ""

    def numbered(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content with the format's number before it."""
        return {"format": self.number, **content}

    def refuse_later(self, content: Any, where: object) -> None:
        """UserError where the content is a later version's; `where` is the file as a person knows it.

        ValueError for a number that is none; AttributeError where the content is no dict.
        """
        if (number := format_of(content)) > self.number:
            raise UserError(
                f"{where} is a newer optcourse's (its format is {number}, this version reads up to "
                f"{self.number}): install that optcourse. The file stays as it is."
            )


def format_of(content: Any) -> int:
    """The number that a file says; 0 where it says none, as those of version 0.1.0 did."""
    number = content.get("format", 0)
    if type(number) is not int or number < 0:
        raise ValueError(f"no number of a format: {number!r}")
    return number
