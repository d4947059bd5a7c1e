"""For all tests."""

import pytest
from hypothesis import settings

from tests.lanes import lanes

# How long an example takes says nothing about whether it is right; speed is measured in benchmarks/.
settings.register_profile("optcourse", deadline=None)
settings.load_profile("optcourse")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(lanes(), "optcourse-lanes")
