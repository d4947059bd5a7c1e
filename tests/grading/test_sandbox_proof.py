"""A sandbox in which a forbidden act succeeds is not used: grading says which act it was, and what to do."""

import re
import tempfile
from pathlib import Path

import pytest

from optcourse.errors import UserError
from optcourse.grading.sandbox import filters, levels, proof
from optcourse.grading.sandbox.places import Places, places
from optcourse.grading.sandbox.supervisor import Limits, SandboxError

LIMITS = Limits(cpu=2, wall=5, memory=400_000_000)
LETTING = (
    ("memfd_create", "making a file in memory"),
    ("socketpair", "opening a socket"),
    ("kill", "signalling process 1"),
    ("prlimit64", "limiting its parent"),
    ("fcntl", "having its parent signalled by fcntl"),
    ("ioctl", "having its parent signalled by ioctl"),
    ("io_uring_setup", "using io_uring"),
)


@pytest.mark.parametrize("level", [levels.BUBBLEWRAP, levels.LANDLOCK])
def test_in_a_sound_sandbox_no_forbidden_act_succeeds(level: str) -> None:
    with proof.proved(level, LIMITS) as sandbox:
        assert proof.attempts(sandbox) == ()


@pytest.mark.parametrize(("call", "act"), LETTING)
def test_a_filter_that_lets_one_call_through_is_found_out(
    call: str, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_through = filters.Allowed((call,), "a mistake")
    monkeypatch.setattr(filters, "ALLOWED", (*filters.ALLOWED, let_through))
    with pytest.raises(SandboxError, match=re.escape(act)):
        proof.proved(levels.BUBBLEWRAP, LIMITS)


@pytest.fixture
def open_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """The course itself can be read in the jail, at both levels."""
    usual = levels.bubblewrap

    def showing_all(given: Places) -> list[str]:
        root = str(given.kept_out)
        arguments = usual(given)
        at = arguments.index("--remount-ro")
        return [*arguments[:at], "--ro-bind", root, root, *arguments[at:]]

    monkeypatch.setattr(levels, "bubblewrap", showing_all)
    monkeypatch.setattr(Places, "readable", (Path("/"),))
    monkeypatch.setattr(levels, "in_container", lambda: False)


def test_a_jail_that_shows_one_folder_more_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, shown = levels.bubblewrap, tempfile.gettempdir()

    def showing(given: Places) -> list[str]:
        arguments = usual(given)
        at = arguments.index("--remount-ro")
        return [*arguments[:at], "--ro-bind", shown, shown, *arguments[at:]]

    monkeypatch.setattr(levels, "bubblewrap", showing)
    with pytest.raises(SandboxError, match="reading files outside"):
        proof.proved(levels.BUBBLEWRAP, LIMITS)


@pytest.mark.usefixtures("open_house")
def test_grading_refuses_with_the_act_and_the_remedy_where_no_level_holds() -> None:
    with pytest.raises(UserError) as refused:
        proof.best_level(LIMITS)
    said = str(refused.value)
    for level in (levels.BUBBLEWRAP, levels.LANDLOCK):
        (line,) = [line for line in said.splitlines() if line.startswith(f"  {level}: ")]
        assert "reading files outside" in line
        assert proof.REMEDY[level] in line
    assert "nothing is graded" in said
    assert "Docker" in said


def test_where_bubblewrap_is_missing_landlock_is_used_and_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(levels.shutil, "which", lambda name: None)
    assert proof.best_level(LIMITS) == levels.LANDLOCK
    assert "apt-get install bubblewrap" in caplog.text


def test_another_system_is_told_of_docker_and_wsl2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels.sys, "platform", "darwin")
    with pytest.raises(UserError, match=r"darwin: grade in Docker, or in WSL2"):
        proof.best_level(LIMITS)


def test_an_act_that_fails_for_another_reason_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = proof.ATTEMPTS.replace("os.memfd_create", "os.no_such_function")
    monkeypatch.setattr(proof, "ATTEMPTS", broken)
    with pytest.raises(SandboxError, match=r"can't be tried.*no_such_function"):
        proof.proved(levels.BUBBLEWRAP, LIMITS)


def test_nothing_of_the_course_lies_where_a_submission_can_read() -> None:
    here = places()
    own = (here.inside, *here.ours)
    for path in here.readable:
        assert path in own or not here.kept_out.is_relative_to(path)
