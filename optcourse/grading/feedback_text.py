"""Strangers' texts and points in the form in which pages and exports show them."""

import unicodedata

LONGEST = 4000  # characters of a text that are shown
# Without these, words of several scripts and some emoji fall apart; they reorder nothing around them.
JOINING = "\u200c\u200d\u200e\u200f"


def shown(text: str, longest: int = LONGEST) -> str:
    """A text without what could steer a terminal, break XML or reorder what stands beside it.

    Line ends and tabs stay. It still has to be escaped for HTML, XML or CSV.
    """
    if len(text) <= longest and text.isprintable():
        return text
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(
        char if is_shown(char) else "\N{REPLACEMENT CHARACTER}" for char in cut.replace("\r\n", "\n")
    )


def is_shown(char: str) -> bool:
    """Whether a character can be shown as it is."""
    kind = unicodedata.category(char)
    if kind == "Cn":  # newer than Python's tables, unless it is no character at all
        return ord(char) & 0xFFFE != 0xFFFE and not 0xFDD0 <= ord(char) <= 0xFDEF
    return kind[0] != "C" or char in "\n\t" or char in JOINING


def one_line(text: str, longest: int = LONGEST) -> str:
    """A text as `shown`, on one line."""
    return " ".join(shown(text, longest).split())


def number(points: float) -> str:
    """Points as the gradebook has them, without zeros at the end: 2.5, 10, 0.3333."""
    return f"{points:.4f}".rstrip("0").rstrip(".") or "0"
