"""When to use what: each piece of advice with the experiment that it rests on, and what that showed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from optcourse.claims.results import Measure, Result


@dataclass(frozen=True)
class Advice:
    """What to use when, because the claim `key` came out as `outcome` in the setting `where`."""

    when: str
    use: str
    key: str
    where: str
    outcome: str


ADVICE = (
    Advice(
        "there are many examples",
        "small batches, not the whole gradient",
        "gd-slow-large",
        "10,000 examples",
        "holds",
    ),
    Advice(
        "you take plain descent",
        "a search for its learning rate: hardly a decade comes near the best",
        "gd-sensitive",
        "network, diabetes",
        "holds",
    ),
    Advice(
        "the gradient is exact, and the valley narrow",
        "momentum",
        "momentum-faster",
        "bowl, condition 1,000",
        "holds",
    ),
    Advice("momentum overshoots", "a smaller beta", "momentum-overshoots", "beta = 0.99", "holds"),
    Advice(
        "features are sparse (words)",
        "Adagrad before mini-batch descent ...",
        "adagrad-sparse",
        "words, six novels, beside minibatch",
        "holds",
    ),
    Advice("", "... and before RMSProp", "rmsprop-sparse", "words, two novels, beside adagrad", "fails"),
    Advice("a linear model is large", "Adam before momentum", "momentum-large-simple", "validation", "fails"),
    Advice(
        "the network is recurrent",
        "RMSProp before mini-batch descent",
        "rmsprop-recurrent",
        "Elman network, adding, beside minibatch",
        "holds",
    ),
    Advice(
        "the minimum moves, and curvatures differ",
        "RMSProp before gradient descent ...",
        "rmsprop-drift",
        "against gd",
        "holds",
    ),
    Advice(
        "",
        "... and Adagrad before RMSProp, for 2,000 steps at least",
        "rmsprop-drift",
        "against adagrad",
        "fails",
    ),
    Advice(
        "early gradients are far larger than later ones",
        "anything but Adagrad",
        "adagrad-stops",
        "after 100 gradients 1,000 times as large",
        "holds",
    ),
    Advice(
        "layers are many, and saturate (sigmoid)",
        "Adam before mini-batch descent",
        "adaptive-vanishing",
        "the loss comes down",
        "holds",
    ),
    Advice(
        "there is no time for a search",
        "no rule by its fame: Adam's defaults are beaten by another rule's",
        "adam-default",
        "network, digits",
        "fails",
    ),
    Advice(
        "", "nor AdaDelta because it needs no rate: it does", "adadelta-no-rate", "network, digits", "fails"
    ),
    Advice(
        "there are few examples",
        "any rule: Adam is no better there",
        "adam-small-data",
        "network, 40 patients",
        "fails",
    ),
    Advice("memory is short", "plain descent, which keeps nothing ...", "sgd-memory", "any", "holds"),
    Advice(
        "",
        "... or momentum or RMSProp, which keep half of what Adam keeps",
        "adam-memory",
        "beside momentum",
        "holds",
    ),
)


def evidence(advice: Advice, results: Mapping[str, Result]) -> Measure:
    """The trial that a piece of advice rests on; ValueError where it did not come out so (any more)."""
    for measure in results[advice.key].measures:
        if measure.where == advice.where:
            if measure.outcome != advice.outcome:
                raise ValueError(
                    f"The advice {advice.use!r} rests on {advice.key}, {advice.where!r}: {advice.outcome}. "
                    f"But that is now {measure.outcome}: change the advice in optcourse/claims/advice.py."
                )
            return measure
    raise ValueError(f"{advice.key} has no setting {advice.where!r}.")


def lines(results: Mapping[str, Result]) -> Iterator[str]:
    """The advice as a table in Markdown."""
    yield "| when | use | measured |"
    yield "| --- | --- | --- |"
    for one in ADVICE:
        found = evidence(one, results)
        span = f" ({found.span})" if len(set(found.spread)) > 1 else ""
        yield (
            f"| {one.when} | {one.use} | {found.what}: {found.median}{span} for {found.where} "
            f"([{one.key}](claims.md#{one.key})) |"
        )
