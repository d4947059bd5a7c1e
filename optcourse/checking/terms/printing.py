"""Expressions as a learner would write them. Knows no values."""

from collections.abc import Mapping

from optcourse.checking.terms.expressions import MINUS, ONE, Node, coefficient, factors, number, times

NUMPY = {"max": "np.maximum", "min": "np.minimum", "abs": "np.abs", "sign": "np.sign", "clip": "np.clip",
         "exp": "np.exp", "log": "np.log", "where": "np.where", "norm": "np.linalg.norm", "sum": "np.sum",
         "mean": "np.mean", "largest": "np.max", "float32": "np.float32"}  # fmt: skip
COMPARED = {"eq": "==", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
LOOSE, SUM, PRODUCT, POWER = range(4)  # how tightly what stands around a place binds


def names_in(fields: tuple[str, ...], term: int) -> dict[str, str]:
    """What old0 and new0 are called in the line of a term: on its own line, old m is m as well."""
    names = {f"new{part}": field for part, field in enumerate(fields)}
    names |= {f"old{part}": f"old_{field}" for part, field in enumerate(fields)}
    if term < len(fields):
        names[f"old{term}"] = fields[term]
    return names


def shown(one: Node, names: Mapping[str, str], around: int = LOOSE) -> str:
    """The expression as text, in brackets where what stands around it binds more tightly."""
    if one.kind == "number":
        text = f"{one.value:.6g}"
        return f"({text})" if one.value < 0 and around > SUM else text
    if one.kind == "name":
        return names.get(one.name, one.name)
    if one.kind == "sum":
        text = shown_sum(one, names)
        return f"({text})" if around else text
    if one.kind == "product":
        text = shown_product(one, names)
        tight = around > PRODUCT or (around == PRODUCT and text.startswith("-"))
        return (
            f"({text})"
            if (tight and not text.startswith("np.sqrt")) or (" / " in text and around > SUM)
            else text
        )
    if one.kind == "power":
        text = f"{shown(one.kids[0], names, POWER)} ** {shown(one.kids[1], names, POWER)}"
        return f"({text})" if around >= POWER else text
    inside = [shown(kid, names) for kid in one.kids]
    if one.name in COMPARED:
        return f"{inside[0]} {COMPARED[one.name]} {inside[1]}"
    if one.kind == "call":
        return shown_call(one, inside)
    return f"{NUMPY.get(one.name, one.name)}({', '.join(inside)})"


def shown_call(one: Node, inside: list[str]) -> str:
    """The name of what is called, with its arguments."""
    text = one.name.partition(":")[2]
    return f"{text.partition('(')[0]}({', '.join(inside)})" if "_0" in text else text


def shown_sum(one: Node, names: Mapping[str, str]) -> str:
    """What is added, what is subtracted behind it."""

    def place(part: Node) -> tuple[bool, bool, bool, str]:
        simple = part.kind == "name" or part is ONE
        return (
            coefficient(part)[0] < 0,
            part.kind == "number" and part is not ONE,
            not simple,
            shown(part, names),
        )

    text = ""
    for part in sorted(one.kids, key=place):
        count, rest = coefficient(part)
        sign = "-" if count < 0 else "+" if text else ""
        size = number(abs(count)) if rest is None else times(abs(count), rest)
        text += (f" {sign} " if text else sign) + shown(size, names, SUM if sign != "-" else PRODUCT)
    return text


def shown_product(one: Node, names: Mapping[str, str]) -> str:
    """What is multiplied, over what divides."""
    above: list[tuple[tuple[bool, bool], str]] = []
    below: list[tuple[tuple[bool, bool], str]] = []
    sign = ""
    for base, exponent in factors(one):
        if base is MINUS and exponent == 1:
            sign = "-"
            continue
        rank = (base.kind != "number", base.kind != "name" or base.name == "grad")
        (above if exponent > 0 else below).append((rank, shown_power(base, abs(exponent), names)))
    top = " * ".join(text for _, text in sorted(above)) or "1"
    under = [text for _, text in sorted(below)]
    over = f" / {under[0]}" if len(under) == 1 else f" / ({' * '.join(under)})" if under else ""
    return sign + top + over


def shown_power(base: Node, exponent: float, names: Mapping[str, str]) -> str:
    """A factor with its exponent."""
    if exponent == 1:
        return shown(base, names, POWER)
    if exponent == 0.5:
        return f"np.sqrt({shown(base, names)})"
    return f"{shown(base, names, POWER)} ** {exponent:g}"
