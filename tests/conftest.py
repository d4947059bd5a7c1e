"""For all tests."""

from hypothesis import settings

# How long an example takes says nothing about whether it is right; speed is measured in benchmarks/.
settings.register_profile("optcourse", deadline=None)
settings.load_profile("optcourse")
