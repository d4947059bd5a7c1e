"""The reader of what is handed in, fuzzed in a process with little memory and processor time."""

import subprocess
import sys
from pathlib import Path

import pytest

from optcourse.grading import archives
from optcourse.grading.archives import Archive
from optcourse.grading.submissions import handed_in
from tests.grading import fuzz_reading
from tests.grading.fuzz_reading import SlowError, limited
from tests.hostile.rows_b import without_a_name, zipped

COUNT = 300  # in half a minute of a loaded core; python -m tests.grading.fuzz_reading reads more


def test_whatever_comes_in_is_answered_for_within_little_memory_and_time() -> None:
    command = [sys.executable, "-m", "tests.grading.fuzz_reading", "--count", str(COUNT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "'taken'" in done.stdout
    assert "'left out'" in done.stdout
    assert len(done.stdout.splitlines()) > 20  # that many ways to be refused


def test_the_limits_of_the_fuzz_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MemoryError), limited():
        bytearray(2 * fuzz_reading.ROOM)  # what is freed meanwhile counts too
    monkeypatch.setattr(fuzz_reading, "SECONDS", 1)
    with pytest.raises(SlowError), limited():
        all(True for _ in iter(int, 1))


def test_no_room_for_a_zip_is_no_fault_of_the_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*given: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(archives, "unpacked", no_room)
    with Archive(zipped(("hw.py", b"x"))) as archive, pytest.raises(MemoryError):
        archive.content(archive.infos[0])


def test_a_class_with_a_file_without_a_name_in_its_zip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(without_a_name("hw.py", "x = 1"))
    assert [type(one).__name__ for one in handed_in(path)] == ["LeftOut", "Submission"]
