"""Widgets' JavaScript and CSS: a module with all that it imports as the one text that a browser can load.

Knows no widget. No bundler is needed to change a module (docs/adr/0004).
"""

import posixpath
import re
from importlib.resources import files

IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[\w./]+\.js)";$', re.MULTILINE)
JSDOC = r"/\*\*(?:(?!\*/).)*\*/"
TYPES = re.compile(rf"^[ \t]*{JSDOC}\n|{JSDOC} ?", re.MULTILINE | re.DOTALL)


def front_end(entry: str) -> str:
    """The module `entry` of this folder ("quiz/widget.js") with the files it imports before it, each once.

    A widget's module reaches the browser as one text, which can't import its neighbours; so top-level names
    must differ between the files. JSDoc is for the compiler and for editors, and stays here.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        text = read(name)
        for path in IMPORT.findall(text):
            neighbour = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            if neighbour not in texts:
                add(neighbour)
        text = TYPES.sub("", IMPORT.sub("", text))
        texts[name] = text if name == entry else re.sub(r"^export ", "", text, flags=re.MULTILINE)

    add(entry)
    return "\n".join(texts.values())


def read(name: str) -> str:
    """A text file of this folder, by its path from here."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
