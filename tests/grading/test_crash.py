"""Graders and workers that are killed, disks that are full: no attempt is lost, none is there twice."""

import json
import os
import signal
import subprocess
import sys
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from optcourse.errors import UserError
from optcourse.grading import feedback
from optcourse.grading.batches import Batch, Finished, Grading, through
from optcourse.grading.command import Place, run
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.showing import Tally
from optcourse.grading.submissions import submissions
from optcourse.grading.workers import batched, pool, working
from tests.grading.class_of_files import content, gd_grader, write_class
from tests.programs import program

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def grading() -> Grading:
    grader = gd_grader("none")
    return Grading(gd_grader(best_level(grader.limits)))


@pytest.fixture(scope="module")
def undisturbed(grading: Grading, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What a gradebook of 200 has in the end."""
    folder = tmp_path_factory.mktemp("undisturbed")
    address = f"sqlite:///{folder}/grades.db"
    with Gradebook(address, create=True) as book:
        run(
            submissions(write_class(folder / "in", 200)),
            None,
            grading,
            book,
            folder / "out",
            Place(workers=1),
            Tally(),
        )
    assert len(content(address)) == 200
    return content(address)


def test_a_grader_killed_at_fifty_moments_ends_with_the_gradebook_of_an_undisturbed_one(
    grading: Grading, undisturbed: list[tuple[object, ...]], tmp_path: Path
) -> None:
    folder, address = write_class(tmp_path / "in", 200), f"sqlite:///{tmp_path}/grades.db"
    victims = [
        sys.executable,
        "-m",
        "tests.grading.victims",
        folder,
        tmp_path / "out",
        address,
        grading.grader.level,
    ]
    done = subprocess.run(victims, cwd=ROOT, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stderr
    deaths = json.loads(done.stdout)
    assert all(killed for _, _, killed in deaths)
    assert len({count for count, _, _ in deaths}) > 10  # all along the batch
    assert {moment for _, moment, _ in deaths} == {"grading", "before SQL", "after SQL", "before commit"}
    with Gradebook(address) as book:
        tally = run(submissions(folder), None, grading, book, tmp_path / "out", Place(workers=1), Tally())
    assert (tally.count, tally.ours.count) == (200, 0)
    assert content(address) == undisturbed


def test_a_worker_that_is_killed_loses_no_submission(
    grading: Grading, undisturbed: list[tuple[object, ...]], tmp_path: Path
) -> None:
    folder, killed = write_class(tmp_path / "in", 24), list[int]()
    with pool(2) as executor:

        def batches() -> object:
            for number, some in enumerate(batched(submissions(folder), 2)):
                if number == 5:
                    victim = active_children()[0].pid
                    assert victim
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)
                yield Batch(some)

        done: list[Finished] = list(through(executor, grading, batches(), 4))  # type: ignore[arg-type]
    assert killed
    results = [result for batch in done for _, result in batch.results]
    assert [result.student for result in results] == [f"student-{number:05}" for number in range(24)]
    assert not any(result.needs_a_person for result in results)
    with Gradebook(f"sqlite:///{tmp_path}/grades.db", create=True) as book:
        for batch in done:
            book.keep(batch.results)
    assert content(f"sqlite:///{tmp_path}/grades.db") == undisturbed[:24]


def test_workers_end_with_a_grader_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, signal; from optcourse.grading.workers import batched, pool; "
        "executor = pool(2); pids = {executor.submit(os.getpid).result() for _ in range(4)}; "
        "print(*pids, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert done.stdout
    with done.stdout as pipe:
        workers = pipe.read().split()  # which ends when no process has the pipe open any more
    assert done.wait() == -signal.SIGKILL
    assert workers


@pytest.mark.parametrize("workers", [1, 2])
def test_a_key_that_stops_it_says_what_is_kept_and_the_same_command_goes_on(
    workers: int,
    grading: Grading,
    undisturbed: list[tuple[object, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, address = write_class(tmp_path / "in", 60), f"sqlite:///{tmp_path}/grades.db"
    add = Tally.add

    def pressed(tally: Tally, *given: Any) -> None:
        add(tally, *given)
        if tally.count == 30:
            raise KeyboardInterrupt

    def graded() -> None:
        with Gradebook(address, create=True) as book:
            run(submissions(folder), None, grading, book, tmp_path / "out", Place(workers=workers), Tally())

    with monkeypatch.context() as patch:
        patch.setattr(Tally, "add", pressed)
        with pytest.raises(UserError, match=r"Stopped\. 50 submissions of gd are graded.*goes on from there"):
            graded()
    assert not active_children()
    assert len(content(address)) == 50
    graded()
    assert content(address) == undisturbed[:60]


def test_a_worker_leaves_the_key_that_stops_it_to_the_command() -> None:
    with working(1) as executor:
        assert executor.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN


FULL = Path("/dev/full")  # whatever is written to it finds no space left


@pytest.mark.parametrize("name", ["", "results.json.part", "pages"])
def test_no_space_for_what_is_handed_back_ends_in_a_sentence(
    name: str,
    grading: Grading,
    undisturbed: list[tuple[object, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, address = write_class(tmp_path / "in", 10), f"sqlite:///{tmp_path}/grades.db"
    out = tmp_path / "out" if name else FULL

    def graded() -> None:
        with Gradebook(address, create=True) as book:
            run(submissions(folder), None, grading, book, out, Place(workers=1), Tally())

    if name == "pages":
        monkeypatch.setattr(feedback, "write_atomically", lambda path, content: FULL.write_bytes(content))
    elif name:
        out.mkdir()
        (out / name).symlink_to(FULL)
    with pytest.raises(UserError, match=r"Cannot write in .*: choose another --out"):
        graded()
    assert content(address) == undisturbed[: len(content(address))]


def test_no_space_for_what_is_said_ends_in_a_sentence(tmp_path: Path) -> None:
    write_class(tmp_path / "in", 1)
    command = [
        sys.executable,
        "-c",
        "from optcourse.cli import main; main()",
        "grade",
        tmp_path / "in",
        "--rule",
        "gd",
        "--workers",
        "1",
    ]
    with FULL.open("w") as full:
        done = subprocess.run(
            [*command, "--out", tmp_path / "out"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "optcourse: There is no space left where this is written to" in done.stderr


def test_a_full_disk_ends_in_a_sentence_and_what_was_kept_before_stays(
    grading: Grading, undisturbed: list[tuple[object, ...]], tmp_path: Path
) -> None:
    folder = write_class(tmp_path / "in", 60)
    program("bwrap", need="SANDBOX")
    small = ["bwrap", "--dev-bind", "/", "/", "--size", str(400 << 10), "--tmpfs", str(tmp_path / "small")]
    (tmp_path / "small").mkdir()
    code = "from tests.grading.test_crash import fill; import sys; fill(*sys.argv[1:])"
    arguments = [folder, tmp_path / "small", tmp_path / "moved.db"]
    done = subprocess.run(
        [*small, "--", sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    kept = content(f"sqlite:///{tmp_path}/moved.db")
    assert 0 < len(kept) < 60
    with Gradebook(f"sqlite:///{tmp_path}/moved.db") as book:
        run(submissions(folder), None, grading, book, tmp_path / "out", Place(workers=1), Tally())
    assert content(f"sqlite:///{tmp_path}/moved.db") == undisturbed[:60]


def fill(folder: str, small: str, moved: str) -> None:
    """Runs where `small` is a small disk: grade until it is full, then move the gradebook to a larger one."""
    level = best_level(gd_grader("none").limits)
    (Path(small) / "ballast").write_bytes(bytes(200 << 10))
    full = pytest.raises(UserError, match=r"database or disk is full.*give the same command again")
    with full, Gradebook(f"sqlite:///{small}/grades.db", create=True) as book:
        grading, out = Grading(gd_grader(level)), Path(moved).parent / "out"
        run(submissions(Path(folder)), None, grading, book, out, Place(workers=1), Tally())
    (Path(small) / "ballast").unlink()
    Gradebook(f"sqlite:///{small}/grades.db").close()  # which empties its log into it
    Path(moved).write_bytes((Path(small) / "grades.db").read_bytes())
