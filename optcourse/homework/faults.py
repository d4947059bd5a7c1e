"""Three steps with a fault each, and its number in a list: asked without saying what is right."""

from optcourse.homework.calling import asked_only, wrong
from optcourse.rules.base import Paper, Rule

# The list in the notebook. What is shown there as step_1, step_2 and step_3 are adabelief, yogi and adamw
# with the mistakes in SHOWN; a test holds the notebook to both.
FAULTS = (
    "The learning rate is used twice, or not at all.",
    "The bias-corrected averages are stored in the state, where the uncorrected ones belong.",
    "A count or an average is used before it is brought up to date.",
    "The two betas have each other's place.",
    "eps stands at another place than the formula says.",
    "The square follows the averaged gradient m, where it should follow the gradient itself.",
    "The two weights of an average, beta and 1 - beta, have each other's place.",
    "The decay goes through the averages, where it should act on theta alone.",
    "A root is missing.",
    "An average is not corrected for its start at zero.",
)
SHOWN = (("adabelief", "corrected-stored"), ("yogi", "follows-m"), ("adamw", "decay-in-grad"))


def fault_in(number: int) -> int:
    """The number, in the list, of the fault in step_1, step_2 or step_3."""
    return {1: 2, 2: 6, 3: 8}[number]


RULE = Rule(
    name="fault_in",
    title="Three faults",
    function=asked_only,
    estimate=fault_in,
    hypers={},
    calls=((1,), (2,), (3,)),
    formula="",
    source=Paper("Of this course", 2026, "Its catalogue of mistakes", "docs/rules.md"),
    hints=(
        "Give each function the gradients 1, 1, 1 and look at what it stores.",
        "Write the three formulas beside the three functions, line by line.",
        "Compare each step with your own: where do state and theta part first?",
    ),
    mistake_list=(
        wrong(
            "first-uncorrected",
            "1: 2",
            "1: 10",
            "step_1 does correct its averages; look at what it gives back for the next step",
        ),
        wrong("first-late", "1: 2", "1: 3", "step_1 counts and averages in time; look at what it gives back"),
        wrong("second-weights", "2: 6", "2: 7", "step_2's averages have their weights; what does v follow?"),
        wrong("second-root", "2: 6", "2: 9", "step_2's root is there; what does v follow?"),
        wrong("third-eps", "3: 8", "3: 5", "step_3's eps is in its place; follow the decay"),
        wrong("third-lr", "3: 8", "3: 1", "step_3 uses lr once; follow the decay"),
    ),
)
