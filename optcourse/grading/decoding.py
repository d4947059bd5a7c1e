"""Source text from a file's bytes: by its byte order mark, by its coding line (PEP 263), else UTF-8."""

import codecs
import re

LARGEST = 1_000_000  # bytes of a .py file
CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Text in these is text; Python knows others, that would unpack, rotate or run things.
KNOWN = ("utf-8", "ascii", "latin-1", "iso8859-1", "iso8859-15", "cp1252", "cp1251", "utf-16", "utf-32")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


class DecodingError(Exception):
    """Bytes that are no text; the message says why."""


def decoded(data: bytes) -> str:
    """The text of a .py file."""
    if len(data) > LARGEST:
        raise DecodingError(f"it has {len(data):,} bytes, {LARGEST:,} are the most")
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "") or declared(data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, UnicodeError) as error:
        at = getattr(error, "start", 0)
        line = data[:at].count(b"\n") + 1
        raise DecodingError(
            f"it is no text in {encoding}: line {line}, byte {at}; save it as UTF-8"
        ) from error
    if "\0" in text:
        raise DecodingError(
            f"it has a null byte in line {text[: text.index(chr(0))].count(chr(10)) + 1}; save it as UTF-8"
        )
    return text


def declared(data: bytes) -> str:
    """The encoding that one of the first two lines names."""
    for line in data.split(b"\n", 2)[:2]:
        if found := CODING.match(line):
            name = found[1].decode("ascii").lower().replace("_", "-")
            try:
                known = codecs.lookup(name).name
            except LookupError:
                known = ""
            if known not in KNOWN:
                raise DecodingError(
                    f"its coding line names {name[:40]!r}, which is not read; save it as UTF-8"
                )
            return known
    return "utf-8"
