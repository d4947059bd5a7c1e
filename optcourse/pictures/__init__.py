"""Pictures of rules at work: loads matplotlib and anywidget, so `import optcourse` leaves it alone."""

from optcourse.pictures.explorer import explore

__all__ = ["explore"]
