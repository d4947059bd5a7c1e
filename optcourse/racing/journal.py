"""The runs already made, in a file that each is added to as it ends: a race that is stopped goes on there."""

import json
import os
from pathlib import Path

from optcourse.formats import Format
from optcourse.racing.training import Record

NAME = "runs.jsonl"
RUNS = Format(NAME, 1)  # each line says it


class Journal:
    """Records by key; without a folder they are forgotten at the end.

    UserError where a later version of optcourse kept runs in the folder.
    """

    def __init__(self, folder: Path | None) -> None:
        self.path = folder / NAME if folder else None
        self.records: dict[str, Record] = {}
        if self.path and self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    content = json.loads(line)
                    RUNS.refuse_later(content, self.path)
                    self.records[content["key"]] = Record.from_json(content)
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue  # cut off, as the race was killed while writing it: that run is made again

    def add(self, key: str | None, record: Record) -> None:
        """Keep a record, on the disk at once. Without a key it is not kept."""
        if key is None:
            return
        self.records[key] = record
        if self.path is None:
            return
        line = json.dumps(RUNS.numbered({"key": key, **record.to_json()}))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}" if self._broken() else line)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())

    def _broken(self) -> bool:
        """Whether the file's last line has no end."""
        assert self.path is not None
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
