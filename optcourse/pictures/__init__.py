"""Pictures of rules at work: loads matplotlib and anywidget, so `import optcourse` leaves it alone."""

from optcourse.pictures.clinic import clinic
from optcourse.pictures.compare import compare
from optcourse.pictures.explorer import explore
from optcourse.pictures.landscape import landscape
from optcourse.pictures.predict import predict
from optcourse.pictures.quiz import quiz

__all__ = ["clinic", "compare", "explore", "landscape", "predict", "quiz"]
