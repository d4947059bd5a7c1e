"""A missing browser is a skip on a learner's machine, and a failure in CI."""

import pytest

from .programs import program


def test_what_is_missing_is_skipped_but_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("OPTCOURSE_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no chromium or google-chrome on PATH"):
        program("chromium", "google-chrome")
    monkeypatch.setenv("OPTCOURSE_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="but there is no node on PATH"):
        program("node")
