"""The public names with their types, for mypy and editors; __init__.py imports each at its first use."""

from optcourse.checking import Report as Report
from optcourse.checking import check as check
from optcourse.checking import hint as hint
from optcourse.checking import solution as solution
from optcourse.errors import OptcourseError as OptcourseError
from optcourse.errors import UserError as UserError
from optcourse.learner import a_number as a_number
from optcourse.learner import challenge as challenge
from optcourse.learner import confirm as confirm
from optcourse.learner import mine as mine
from optcourse.learner.card import progress as progress
from optcourse.pictures import clinic as clinic
from optcourse.pictures import compare as compare
from optcourse.pictures import explore as explore
from optcourse.pictures import landscape as landscape
from optcourse.pictures import predict as predict
from optcourse.pictures import quiz as quiz
from optcourse.problems import PROBLEMS as PROBLEMS
from optcourse.racing import own_rule as own_rule
from optcourse.racing import race as race
from optcourse.rules import RULES as RULES
from optcourse.running import Run as Run
from optcourse.running import run as run
from optcourse.scoring import contract as contract
from optcourse.scoring import leaderboard as leaderboard
from optcourse.scoring import score as score
from optcourse.scoring import trained as trained

__version__: str
