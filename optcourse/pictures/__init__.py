"""Pictures of rules at work: loads matplotlib and anywidget, so `import optcourse` leaves it alone."""

from optcourse.pictures.clinic.widget import clinic
from optcourse.pictures.compare.widget import compare
from optcourse.pictures.explore.widget import explore
from optcourse.pictures.landscape.widget import landscape
from optcourse.pictures.predict.widget import predict
from optcourse.pictures.quiz.widget import quiz

__all__ = ["clinic", "compare", "explore", "landscape", "predict", "quiz"]
