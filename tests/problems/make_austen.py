"""How optcourse/problems/data/austen.txt.gz was made, from the texts in Debian's r-cran-janeaustenr 1.0.0.

python -m tests.problems.make_austen FOLDER OUT, where FOLDER holds the package's Rdata.rdx and Rdata.rdb
(usr/lib/R/site-library/janeaustenr/data). Needs the package rdata to read R's format.
"""

import bz2
import gzip
import re
import struct
import sys
import zlib
from collections import Counter
from pathlib import Path

TITLES = {
    "sensesensibility": "Sense and Sensibility",
    "prideprejudice": "Pride and Prejudice",
    "mansfieldpark": "Mansfield Park",
    "emma": "Emma",
    "northangerabbey": "Northanger Abbey",
    "persuasion": "Persuasion",
}
PASSAGES = 400  # from each novel, spread evenly
LENGTH = 50  # words in a passage
FREQUENT = 10  # the vocabulary: words that stand in at least so many passages

HEADING = re.compile(r"\s*(chapter|volume)\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def novels(folder: Path) -> dict[str, list[str]]:
    """The lines of each novel."""
    import rdata

    def read(content: bytes) -> object:
        return rdata.conversion.convert(rdata.parser.parse_data(content))

    index = read(gzip.decompress((folder / "Rdata.rdx").read_bytes()))
    database = (folder / "Rdata.rdb").read_bytes()
    lines = {}
    for name, (begin, length) in index["variables"].items():
        chunk = database[int(begin) : int(begin + length)]
        size, kind = struct.unpack(">Ic", chunk[:5])
        content = bz2.decompress(chunk[5:]) if kind == b"2" else zlib.decompress(chunk[4:])
        assert len(content) == size, name
        lines[name] = [str(line) for line in read(content)]
    return lines


def passages(lines: list[str]) -> list[list[str]]:
    """Pieces of LENGTH words in lower case, without chapter headings."""
    text = " ".join(line for line in lines if not HEADING.match(line))
    words = WORD.findall(text.lower().replace("_", " "))
    pieces = len(words) // LENGTH
    starts = [LENGTH * (number * pieces // PASSAGES) for number in range(PASSAGES)]
    return [words[start : start + LENGTH] for start in starts]


def main(folder: str, out: str) -> None:
    """Write titles, vocabulary, and for each passage its novel and the sorted numbers of its words."""
    texts = novels(Path(folder))
    found = {key: passages(texts[key]) for key in TITLES}
    together = Counter(word for pieces in found.values() for piece in pieces for word in set(piece))
    vocabulary = sorted(word for word, count in together.items() if count >= FREQUENT)
    number = {word: position for position, word in enumerate(vocabulary)}
    rows = [
        " ".join(map(str, [novel, *sorted(number[word] for word in piece if word in number)]))
        for novel, pieces in enumerate(found.values())
        for piece in pieces
    ]
    content = "\n".join([",".join(TITLES.values()), " ".join(vocabulary), *rows]) + "\n"
    Path(out).write_bytes(gzip.compress(content.encode(), mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
