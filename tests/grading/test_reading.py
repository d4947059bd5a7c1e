"""What was handed in, of any layout: which student, which file, which text; or what is wrong with it."""

import contextlib
import io
import json
import os
import stat
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optcourse.errors import UserError
from optcourse.grading import archives, notebooks
from optcourse.grading import submissions as reading
from optcourse.grading.archives import ArchiveError, members
from optcourse.grading.decoding import DecodingError, decoded
from optcourse.grading.naming import clean, from_platform, safe_name
from optcourse.grading.notebooks import NotebookError, read_notebook
from optcourse.grading.submissions import LeftOut, handed_in, submissions

SOURCE = "def gd_step(theta, grad, state, *, lr=0.1):\n    return theta - lr * grad, ()\n"


def zipped(*files: tuple[str, bytes], mode: int = 0, flags: int = 0) -> bytes:
    """A zip; `mode` is the first file's type and rights."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, content)
    data = bytearray(buffer.getvalue())
    if flags:  # in the central directory, where readers look
        at = data.index(b"PK\x01\x02")
        data[at + 8] |= flags
    return bytes(data)


# Archives


@pytest.mark.parametrize(
    "name", ["../a.py", "a/../../b.py", "/etc/a.py", "\\a.py", "a\\..\\b.py", "C:\\a.py", "C:a.py"]
)
def test_a_zip_with_a_name_that_leads_out_of_it_is_not_taken(name: str) -> None:
    with pytest.raises(ArchiveError, match="leads out of it"):
        list(members(zipped((name, b"x"))))


@pytest.mark.parametrize(("data", "says"), [
    (zipped(("a.py", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "is a link"),
    (zipped(("a.py", b"\0" * 5_000_000)), "unpacks to 5,000,000 bytes"),
    (zipped(("a.py", b"x"), flags=1), "is encrypted"),
    (b"PK\x03\x04 and nothing", "not a zip file"),
    (b"", "not a zip file"),
])  # fmt: skip
def test_a_zip_that_is_a_trap_is_not_taken(data: bytes, says: str) -> None:
    with pytest.raises(ArchiveError, match=says):
        list(members(data))


def test_a_zip_that_lies_about_a_size_is_cut_at_the_most_that_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archives, "LARGEST", 1000)
    data = bytearray(zipped(("a.py", bytes(range(256)) * 40)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (900).to_bytes(4, "little")  # it has 10,240
    with pytest.raises(ArchiveError):
        list(members(bytes(data)))


def test_a_zip_of_many_small_bombs_is_not_taken() -> None:
    files = [(f"{number}.py", os.urandom(100) + b"\0" * 9_000) for number in range(20)]
    with pytest.raises(ArchiveError, match="more than 100,000 bytes"):
        list(members(zipped(*files), total=100_000))


def test_a_zip_of_too_many_files_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "ENTRIES", 3)
    with pytest.raises(ArchiveError, match="4 files, 3 are the most"):
        list(members(zipped(*((f"{number}.py", b"") for number in range(4)))))


def test_what_computers_add_to_a_zip_is_passed_over() -> None:
    data = zipped(
        ("__MACOSX/._a.py", b"0"),
        (".DS_Store", b"0"),
        ("x/.ipynb_checkpoints/a-checkpoint.ipynb", b"0"),
        ("x/a.py", b"1"),
    )
    assert list(members(data)) == [("x/a.py", b"1")]


@given(st.data())
def test_a_damaged_zip_is_refused_or_read_and_nothing_else(draw: st.DataObject) -> None:
    data = bytearray(zipped(("a.py", SOURCE.encode()), ("b/c.py", b"x" * 300)))
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(ArchiveError):
        assert sum(len(content) for _, content in members(bytes(data))) <= archives.TOTAL


# Notebooks


def notebook(*cells: Any, nbformat: int = 4, **more: Any) -> bytes:
    return json.dumps({"nbformat": nbformat, "metadata": {}, "cells": list(cells), **more}).encode()


CODE = {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": "a"}}}


@pytest.mark.parametrize("data", [
    notebook(CODE, nbformat=4),
    notebook(CODE, nbformat=5),
    notebook({**CODE, "source": ["x ", "= 1"]}),
    notebook({**CODE, "outputs": [{"data": {"text/plain": "y" * 10_000}}]}),
    b"\xef\xbb\xbf" + notebook(CODE),
    json.dumps({"nbformat": 3, "worksheets": [{"cells": [{**CODE, "input": "x = 1", "source": "x = 1"}]}]}).encode(),
    json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1", "metadata": CODE["metadata"]}]}]}).encode(),
])  # fmt: skip
def test_formats_3_to_5_are_read_alike(data: bytes) -> None:
    (cell,) = read_notebook(data)
    assert (cell.kind, cell.source, cell.grade_id) == ("code", "x = 1", "a")


@pytest.mark.parametrize(("data", "says"), [
    (b"{", "line 1, column"),
    (b"[]", "no object at its top"),
    (b"\xff", "no text in UTF-8"),
    (notebook(nbformat=2), "format is 2"),
    (b'{"nbformat": 4}', "no list of cells"),
    (b'{"nbformat": 3, "worksheets": {}}', "no list of cells"),
    (notebook(3), "cell 1 is no object"),
    (notebook(CODE, {"cell_type": "code", "source": [1]}), "source of cell 2"),
    (b"[" * 100_000, "nested 100,000 deep"),
    (b'{"a":' * 61 + b"1" + b"}" * 61, "nested 61 deep"),
    (b"9" * 5000, "not a notebook"),
    (b'{"nbformat": 4, "cells": ' + b"[" * 3 + b"\n<<<<<<< HEAD\n", "merge"),
])  # fmt: skip
def test_what_is_no_notebook_is_told_so_with_the_place(data: bytes, says: str) -> None:
    with pytest.raises(NotebookError, match=says):
        read_notebook(data)


def test_a_notebook_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(*arguments: object, **named: object) -> None:
        raise AssertionError

    monkeypatch.setattr(notebooks.json, "loads", parsed)
    with pytest.raises(NotebookError, match="clear its outputs"):
        read_notebook(b" " * (notebooks.LARGEST + 1))


@given(st.text(alphabet='[]{}"\\ab'))
def test_brackets_in_texts_are_not_counted_as_depth(text: str) -> None:
    assert notebooks.depth(json.dumps([[text]]).encode()) == 2


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(
                st.sampled_from(["cells", "nbformat", "source", "worksheets", "cell_type", "metadata"]),
                one,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_a_notebook_or_refused(content: Any) -> None:
    for data in (
        json.dumps(content),
        json.dumps({"nbformat": 4, "cells": content}),
        json.dumps({"nbformat": 4, "cells": [content]}),
    ):
        try:
            assert all(
                isinstance(cell.source, str) and isinstance(cell.metadata, dict)
                for cell in read_notebook(data.encode())
            )
        except NotebookError:
            continue


# Text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_with_a_mark_of_its_encoding_is_read(encoding: str) -> None:
    assert decoded("x = 'é'\n".encode(encoding)) == "x = 'é'\n"


@pytest.mark.parametrize(
    "line",
    [
        "# coding: latin-1",
        "# -*- coding: iso-8859-1 -*-",
        "#!/usr/bin/python\n# vim: set fileencoding=latin_1 :",
    ],
)
def test_text_with_a_coding_line_is_read(line: str) -> None:
    assert decoded(f"{line}\nx = 'é'\n".encode("latin-1")).endswith("x = 'é'\n")


@pytest.mark.parametrize(("data", "says"), [
    ("x = 1\n# für\n".encode("latin-1"), "line 2, byte .*UTF-8"),
    (b"x = 1\n\0", "null byte in line 2"),
    (b"# coding: rot13\nk = 1", "'rot13', which is not read"),
    (b"# coding: zlib\n", "'zlib'"),
    (b"# coding: idna\n", "'idna'"),
    (b"# coding: no-such-thing\n", "'no-such-thing'"),
    (b" " * 2_000_001, "2,000,001 bytes"),
])  # fmt: skip
def test_bytes_that_are_no_text_are_told_so(data: bytes, says: str) -> None:
    with pytest.raises(DecodingError, match=says):
        decoded(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with contextlib.suppress(DecodingError):
        assert "\0" not in decoded(data)


# Names

STRANGE = (
    'O\'Neil, "Mia"',
    "\u202egnp.exe",
    "👩\u200d🔬",
    "../../etc/passwd",
    "x" * 300,
    "=1+1",
    "+49",
    "@cmd",
    "-2",
    "a\nb",
    "\x1b[31m",
    "",
    "..",
    "con",
    "Ünal",
)


@pytest.mark.row("B30")
@pytest.mark.parametrize("name", STRANGE)
def test_of_no_name_a_path_is_made(name: str) -> None:
    file = safe_name(clean(name))
    assert Path(file).name == file
    assert file.isascii()
    assert len(file) < 60
    assert not file.startswith((".", "-"))


@pytest.mark.row("B30")
@given(st.text(), st.text())
def test_two_students_never_share_a_file(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


@pytest.mark.row("B30")
@given(st.text())
def test_a_name_is_kept_without_what_steers_a_screen(name: str) -> None:
    kept = clean(name)
    assert 0 < len(kept) <= 200
    assert all(char.isprintable() or char in "\u200d\u00a0" or char.isspace() for char in kept)
    assert clean(kept) == kept
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b\n\r")


@pytest.mark.parametrize(("path", "student", "file"), [
    ("neilomia_12345_67890_hw1.ipynb", "neilomia", "hw1.ipynb"),
    ("neilomia_LATE_12345_67890_hw1.ipynb", "neilomia", "hw1.ipynb"),
    ("Mia O'Neil_12345_assignsubmission_file_hw1.py", "Mia O'Neil", "hw1.py"),
    ("Mia O'Neil_12345_assignsubmission_file_/hw1.py", "Mia O'Neil", "hw1.py"),
    ("Mia O'Neil_12345_assignsubmission_file/sub/hw1.py", "Mia O'Neil", "hw1.py"),
    ("neilomia_1_2_my_hw_1_2.py", "neilomia", "my_hw_1_2.py"),
])  # fmt: skip
def test_the_student_is_found_in_what_canvas_and_moodle_write(path: str, student: str, file: str) -> None:
    assert from_platform(path) == (student, file, "LATE" in path)


@pytest.mark.parametrize(
    "path",
    [
        "hw1.ipynb",
        "mia/hw1.py",
        "hw_1.py",
        "mia_1_hw.py",
        "s001/s002_1_2_hw.py",
        "s001/s002_1_assignsubmission_file_hw.py",
    ],
)
def test_other_names_are_no_platforms(path: str) -> None:
    assert from_platform(path) is None


# Layouts


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


LAYOUTS = {
    "a folder for each": {"mia/hw.py": SOURCE.encode(), "tom/sub/hw.py": SOURCE.encode()},
    "single files": {"mia.py": SOURCE.encode(), "tom.py": SOURCE.encode()},
    "nbgrader's tree": {"submitted/mia/hw1/hw.py": SOURCE.encode(), "submitted/tom/hw1/hw.py": SOURCE.encode()},
    "a zip for each": {"mia.zip": zipped(("hw.py", SOURCE.encode())), "tom.zip": zipped(("a/hw.py", SOURCE.encode()))},
    "Canvas, unpacked": {"mia_1_2_hw.py": SOURCE.encode(), "tom_LATE_1_2_hw.py": SOURCE.encode()},
    "Moodle, unpacked": {"mia_1_assignsubmission_file/hw.py": SOURCE.encode(), "tom_2_assignsubmission_file_/hw.py": SOURCE.encode()},
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_each_student_with_their_file(layout: str, tmp_path: Path) -> None:
    found = list(submissions(laid_out(tmp_path, LAYOUTS[layout])))
    assert [one.student for one in found] == ["mia", "tom"]
    assert all(one.cells[0].source == SOURCE and not one.problem for one in found)


@pytest.mark.parametrize("files", [
    [("mia_1_2_hw.py", SOURCE.encode()), ("tom_1_2_hw.py", SOURCE.encode())],
    [("mia_1_assignsubmission_file_/hw.py", SOURCE.encode()), ("tom_2_assignsubmission_file_/hw.py", SOURCE.encode())],
    [("mia/hw.py", SOURCE.encode()), ("tom/hw.py", SOURCE.encode())],
    [("mia_1_2_hw.zip", zipped(("hw.py", SOURCE.encode()))), ("tom_1_2_hw.py", SOURCE.encode())],
])  # fmt: skip
def test_a_platforms_download_as_one_zip_gives_each_student(
    files: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    found = list(submissions(laid_out(tmp_path, {"download.zip": zipped(*files)}) / "download.zip"))
    assert [(one.student, one.file) for one in found] == [("mia", "hw.py"), ("tom", "hw.py")]


def test_what_is_named_after_another_homework_is_left_out(tmp_path: Path) -> None:
    names = ("hw1_gradients", "hw1_mine", "hw4_adam_family", "homework")
    laid_out(tmp_path, {f"submitted/mia/{name}/{name}.py": SOURCE.encode() for name in names})
    left = [one for one in handed_in(tmp_path, "hw1_gradients") if isinstance(one, LeftOut)]
    assert [one.file for one in left if one.why == "it is another homework"] == ["hw4_adam_family.py"]
    (counts,) = submissions(tmp_path, "hw1_gradients")
    assert "3 files were handed in together" in counts.flags[0]


def test_links_and_hidden_files_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    laid_out(tmp_path, {"mia/hw.py": SOURCE.encode(), ".git/x.py": b"", "mia/.x.py": b""})
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "mia" / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "mia" / "pipe.py")
    assert [one.file for one in submissions(tmp_path)] == ["hw.py"]


@pytest.mark.parametrize("became", ["mia", "mia/part", "mia/part/hw.py"])
def test_what_became_a_link_after_it_was_seen_is_not_opened(became: str, tmp_path: Path) -> None:
    whole = laid_out(tmp_path / "class", {"mia/part/hw.py": b"mine", "zoe/part/hw.py": b"another's"})
    other = {"mia": "zoe", "mia/part": "zoe/part", "mia/part/hw.py": "zoe/part/hw.py"}[became]
    (path,) = (whole.joinpath(*way) for way in reading.walked(whole, ("mia",)))
    (tmp_path / "link").symlink_to(whole)  # the whole may be reached by one: it is the instructor's
    with (
        reading.opened(tmp_path / "link" / path.relative_to(whole), tmp_path / "link") or io.BytesIO() as file
    ):
        assert file.read() == b"mine"
    (whole / became).rename(whole / "moved")
    (whole / became).symlink_to(whole / other)
    assert path.read_bytes() == b"another's"
    assert reading.opened(path, whole) is None
    (left,) = reading.in_file(path, "mia", below=whole)
    assert isinstance(left, LeftOut)
    assert not [way for way in reading.walked(whole, ("mia",)) if reading.opened(whole.joinpath(*way), whole)]


def test_what_became_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hw.py")
    assert reading.opened(tmp_path / "hw.py", tmp_path) is None


def test_a_folder_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to grade"):
        list(submissions(tmp_path / "none"))


@pytest.mark.parametrize("file", ["hw.py", "hw.ipynb", "hw.zip"])
def test_a_file_that_is_too_large_is_told_so_and_is_nobody_elses(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST", 100)
    files = {f"{student}/{file}": student.encode() * 100 for student in ("mia", "tom")}
    mia, tom = submissions(laid_out(tmp_path, files))
    assert mia.problem == tom.problem == "the file has more than 100 bytes"
    assert mia.digest != tom.digest


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\0", zipped(("../a.py", b""))])
def test_a_file_that_can_not_be_read_is_a_submission_with_a_problem(data: bytes, tmp_path: Path) -> None:
    name = "hw.zip" if data.startswith(b"PK") else "hw.py"
    (only,) = submissions(laid_out(tmp_path, {f"mia/{name}": data}))
    assert only.student == "mia"
    assert only.problem
    assert not only.cells


# Nobody's work for another's, nobody split, nobody lost


def solved(more: str = "", stub: bool = False) -> bytes:
    body = "    raise NotImplementedError" if stub else "    return theta - lr * grad, ()"
    source = f"def gd_step(theta, grad, state, *, lr=0.1):\n{body}\n{more}"
    return notebook({"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": "gd"}}})


PILES: dict[str, tuple[dict[str, bytes], dict[str, str]]] = {
    "a helper beside": ({"mia/hw1_a.ipynb": solved(), "mia/utils.py": b"x = 1"}, {"mia": "hw1_a.ipynb"}),
    "an untouched copy": ({"mia/a.ipynb": solved(), "mia/b-Copy1.ipynb": solved(stub=True)}, {"mia": "a.ipynb"}),
    "an untouched original": ({"mia/a_original.ipynb": solved(stub=True), "mia/b.ipynb": solved()}, {"mia": "b.ipynb"}),
    "a class once more": ({"hw1/mia/a.ipynb": solved(), "hw1/tom/a.ipynb": solved("1")}, {"mia": "a.ipynb", "tom": "a.ipynb"}),
    "a student called submitted": ({"submitted/x/a.py": b"1", "mia/a.py": b"2"}, {"submitted": "a.py", "mia": "a.py"}),
    "a course of nbgrader's": (
        {"submitted/mia/hw1/a.py": b"1", "source/hw1/a.ipynb": solved(), "nbgrader_config.py": b"", "ours/results.json": b"",
         "ours/feedback/x.py": b"2"}, {"mia": "a.py"}),
    "capitals": ({"mia/HW.PY": b"1"}, {"mia": "HW.PY"}),
}  # fmt: skip


@pytest.mark.parametrize("pile", PILES)
def test_each_student_has_the_one_file_that_was_meant(pile: str, tmp_path: Path) -> None:
    files, wanted = PILES[pile]
    laid_out(tmp_path, files)
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (1e9, 1e9))
    assert {one.student: one.file for one in submissions(tmp_path)} == wanted


ZIPS = {
    "a name as Canvas writes it": (("s001/s002_1_2_hw.py", "s002/hw.py"), ["s001", "s002"]),
    "a name as Moodle writes it": (("s001/s002_1_assignsubmission_file_hw.py", "s002/hw.py"), ["s001", "s002"]),
    "one more folder": (("hw1/s001/hw.py", "hw1/s002/hw.py"), ["s001", "s002"]),
}  # fmt: skip


@pytest.mark.parametrize("layout", ZIPS)
def test_in_a_zip_only_what_the_platform_wrote_says_whose_it_is(layout: str, tmp_path: Path) -> None:
    names, students = ZIPS[layout]
    data = zipped(*((name, SOURCE.encode()) for name in names))
    laid_out(tmp_path, {"class.zip": data})
    assert [one.student for one in submissions(tmp_path / "class.zip")] == students


@pytest.mark.parametrize(
    "file", ["hw1.pdf", "hw1.ipynb.txt", "hw1.docx", "hw1.7z", "hw2_momentum.ipynb", "pipe.py", "link.py"]
)
def test_what_is_not_graded_is_listed_with_its_student_and_the_reason(file: str, tmp_path: Path) -> None:
    laid_out(tmp_path, {"mia/hw1_a.ipynb": solved(), f"tom/{file}.x": b""})
    (tmp_path / "tom" / f"{file}.x").unlink()
    path = tmp_path / "tom" / file
    if file == "pipe.py":
        os.mkfifo(path)
    elif file == "link.py":
        path.symlink_to("/etc/passwd")
    else:
        path.write_bytes(b"%PDF")
    [tom] = [one for one in handed_in(tmp_path, "hw1_a") if isinstance(one, LeftOut)]
    assert (tom.student, tom.file) == ("tom", file)
    assert tom.why


def test_forty_files_of_one_student_are_one_attempt_and_flagged(tmp_path: Path) -> None:
    laid_out(tmp_path, {f"mia/{number}.py": f"x = {number}".encode() for number in range(41)})
    (only,) = submissions(tmp_path)
    assert "41 files were handed in together" in only.flags[0]


def test_two_long_names_are_two_students() -> None:
    assert clean("x" * 300 + "a") != clean("x" * 300 + "b")


# What a stranger can make the command itself spend


def bomb(method: int) -> bytes:
    """A zip that says it has 900 bytes and has ten million."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("hw.py", b"\0" * 10_000_000)
    data = bytearray(buffer.getvalue())
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        begin = data.index(sign) + at
        data[begin : begin + 4] = (900).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_says_less_than_it_has_is_refused_and_not_unpacked(method: int) -> None:
    data = bomb(method)
    tracemalloc.start()
    with pytest.raises(ArchiveError):
        list(members(data))
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("version", ["x" * 1_000_000, list(range(1000)), "9" * 4000])
def test_a_strangers_text_is_cut_in_what_is_said_of_a_notebook(version: object, tmp_path: Path) -> None:
    laid_out(tmp_path, {"mia/hw.ipynb": json.dumps({"nbformat": version, "cells": []}).encode()})
    (only,) = submissions(tmp_path)
    assert 0 < len(only.problem) <= 500


@pytest.mark.parametrize("data", [
    json.dumps([{"": {}}] * 50_000).encode(),
    notebook(CODE, metadata={"x": [1000] * 2_000_000}),
    b"[" + b'"",' * 200_000,
])  # fmt: skip
def test_json_that_takes_much_memory_is_not_parsed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "SIGNS", 100_000)
    monkeypatch.setattr(notebooks.json, "loads", lambda *_, **named: pytest.fail("was parsed"))
    with pytest.raises(NotebookError):
        read_notebook(data)


def test_outputs_of_25_mb_are_not_looked_at() -> None:
    cell = {**CODE, "outputs": [{"data": {"image/png": "x" * 25_000_000}}]}
    assert read_notebook(notebook(cell))[0].source == "x = 1"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_another_system_make_no_difference(end: str) -> None:
    source = "def f():\n    return 1\n"
    (cell,) = read_notebook(notebook({**CODE, "source": source.replace("\n", end)}))
    assert cell.source == source


@pytest.mark.parametrize(("data", "says"), [
    (b"", "is empty"), (b"<!DOCTYPE html><html>", "web page"), (b"PK\x03\x04", "is a zip"),
    (b"version https://git-lfs.github.com/spec/v1", "Git LFS"), (b'{"cells": [', "ends in the middle"),
])  # fmt: skip
def test_what_is_called_a_notebook_and_is_none_is_told_what_it_is(data: bytes, says: str) -> None:
    with pytest.raises(NotebookError, match=says):
        read_notebook(data)


@pytest.mark.parametrize(
    "word", ["RULES ", "RULES.", "import ", "from optcourse ", "np.random.seed ", "numpy."]
)
def test_twice_the_text_takes_no_four_times_the_work(word: str) -> None:
    """Lines are cut, so that no pattern sees more than a line's worth of a stranger's text."""
    line = word * 200_000
    for pattern, _ in reading.SUSPICIOUS:
        assert pattern.search(line[: reading.LINE]) is None or "seed" not in word


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_a_folder_has_is_read_in_little_memory(draw: st.DataObject) -> None:
    """Damaged archives and notebooks under strange names: each ends as a submission or is listed."""
    whole = [solved(), zipped(("a/hw.ipynb", solved())), bomb(zipfile.ZIP_BZIP2), notebook(CODE)]
    data = bytearray(draw.draw(st.sampled_from(whole)))
    for _ in range(draw.draw(st.integers(0, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    ending = draw.draw(st.sampled_from([".py", ".ipynb", ".zip", ".IPYNB", ".txt"]))
    letters = st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"])
    name = draw.draw(st.text(letters, min_size=1, max_size=20))
    with tempfile.TemporaryDirectory() as folder:
        student = Path(folder, "mia")
        student.mkdir()
        Path(student, f"a{name}{ending}").write_bytes(bytes(data))
        tracemalloc.start()
        found = list(handed_in(Path(folder)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert found
    assert peak < 20_000_000
