"""protocol.py's types as JSDoc, for the front end.

Knows no message. `python -m optcourse.pictures.wire.jsdoc` writes protocol.js; a test compares the two
(tests/pictures/test_protocol.py).
"""

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Literal, get_args, get_origin, get_type_hints, is_typeddict

from optcourse.pictures.wire import protocol
from optcourse.pictures.wire.codec import Curves, Exponents, Places

FILE = Path(__file__).with_name("protocol.js")
PLAIN = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    bytes: "Bytes",
    NoneType: "null",
    Curves: "Codes",
    Places: "Float32Array",
    Exponents: "Float32Array",
}
HEAD = """\
// The types of every message between the kernel and a page. Written by jsdoc.py: edit protocol.py instead.

/**
 * Bytes as the kernel sends them, or as a page without Python keeps them; numbers() of page.js reads both.
 * @typedef {DataView | Uint8Array | Float32Array} Bytes
 */

/** @typedef {{ codes: Int32Array, records: number }} Codes */
"""
END = "\nexport {};\n"


def written() -> str:
    """The text of protocol.js."""
    return HEAD + "".join(f"\n{typedef(name, kind)}" for name, kind in defined().items()) + END


def defined() -> dict[str, object]:
    """The types of protocol.py by their names: typed dictionaries and names for other types."""
    others = (tuple, Literal, Mapping, UnionType)
    return {
        name: kind
        for name, kind in vars(protocol).items()
        if is_typeddict(kind) or (name[0].isupper() and get_origin(kind) in others)
    }


def typedef(name: str, kind: object) -> str:
    """One type as a comment."""
    if not is_typeddict(kind):
        return f"/** @typedef {{{spelled(kind, named=False)}}} {name} */\n"
    assert isinstance(kind, type)
    about = inspect.cleandoc(kind.__doc__ or "").splitlines()
    fields = get_type_hints(kind)
    lines = [*about, f"@typedef {{{'object' if fields else '{}'}}} {name}"]
    for field, hint in fields.items():
        label = field if field in kind.__required_keys__ else f"[{field}]"  # type: ignore[attr-defined]
        lines.append(f"@property {{{spelled(hint)}}} {label}")
    return "/**\n" + "".join(f" * {line}\n" for line in lines) + " */\n"


def spelled(hint: object, *, named: bool = True) -> str:
    """A type as TypeScript spells it; by its name where it has one, unless its name is what is defined."""
    names = [name for name, kind in defined().items() if kind == hint] if named else []
    if names:
        return names[0]
    if isinstance(hint, type) and hint in PLAIN:
        return PLAIN[hint]
    parts = get_args(hint)
    origin = get_origin(hint)
    if origin is Literal:
        return " | ".join(f'"{part}"' for part in parts)
    if origin is UnionType:
        return " | ".join(map(spelled, parts))
    if origin is tuple:
        return f"[{', '.join(map(spelled, parts))}]"
    if origin in (list, Sequence):
        inner = spelled(parts[0])
        return f"({inner})[]" if " " in inner and not inner.startswith("[") else f"{inner}[]"
    if origin is Mapping:
        return f"Record<{spelled(parts[0])}, {spelled(parts[1])}>"
    raise TypeError(f"A message can't have a part of type {hint!r}.")


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
