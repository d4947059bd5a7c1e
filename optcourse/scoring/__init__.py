"""The score of a rule that somebody invented: six problems, three peers, one tuning budget.

- `six.py`       the six problems, drawn anew for each seed
- `form.py`      what a rule has to keep to before it is run
- `measure.py`   the runs: trials over the declared ranges, then the starts that count
- `figure.py`    steps to targets, and the figure of merit that is made of them
- `peers.py`     Adam, SGD with momentum and Lion: their results, stored (`recompute.py` makes them again)
- `training.py`  how homework 6 trains: a fixed form of state, no search
- `report.py`    what a learner sees; `board.py` the leaderboard in their workspace

Knows rules, problems, racing's search and the learner's workspace; nothing of grading or pictures.
"""

from optcourse.scoring.board import Board, leaderboard
from optcourse.scoring.form import Contract, contract
from optcourse.scoring.report import Score
from optcourse.scoring.scored import score
from optcourse.scoring.training import Trained, trained

__all__ = ["Board", "Contract", "Score", "Trained", "contract", "leaderboard", "score", "trained"]
