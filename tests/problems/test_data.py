"""The data sets are what their sources say they are."""

import numpy as np
import pytest

from optcourse.problems import data


def test_the_digits_are_the_test_set_of_alpaydin_and_kaynak():
    table = data.read_table("digits.csv.gz", skip=0)
    assert table.shape == (1797, 65)
    # Its documentation (optdigits.names) counts the digits 0 to 9 in the test set.
    assert np.bincount(table[:, -1].astype(int)).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]
    assert (table.min(), table.max()) == (0, 16)
    split = data.digits()
    assert (split.x.shape, split.x_validation.shape) == ((1438, 8, 8), (359, 8, 8))
    assert (split.x.min(), split.x.max()) == (0, 1)


def test_the_counts_of_words_are_those_of_the_text():
    words, split = data.austen_words(), data.austen(("Pride and Prejudice",), validation=0)
    # The first passage, from the title to "this truth": "It is a truth universally acknowledged, that ..."
    found = [
        {words[i]: int(row[i]) for i in np.flatnonzero(row)}
        for row in split.x
        if row[words.index("truth")] == 2
    ]
    assert [row["a"] for row in found if {"acknowledged", "fortune", "wife"} <= set(row)] == [6]
    assert "universally" not in words  # it stands in too few passages


def test_the_words_are_sparse_and_the_classes_even():
    split = data.austen()
    x = np.concatenate([split.x, split.x_validation])
    y = np.concatenate([split.y, split.y_validation])
    assert x.shape == (2400, len(data.austen_words())) == (2400, 1206)
    assert np.bincount(y).tolist() == [400] * 6
    assert 0.02 < np.mean(x > 0) < 0.04
    assert (x.sum(axis=1) <= 50).all()
    assert ((x > 0).sum(axis=0) >= 10).all()


def test_novels_are_numbered_in_the_order_asked_for():
    one, other = (data.austen(pair) for pair in (("Emma", "Persuasion"), ("Persuasion", "Emma")))
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, 1 - other.y)


@pytest.mark.parametrize("length", [2, 3, 20, 51])
def test_the_adding_problem_marks_one_number_in_each_half_and_adds_them(length):
    x, y, *_ = data.adding(length, examples=300, validation=0)
    marks = x[..., 1]
    assert set(np.unique(marks)) <= {0, 1}
    assert (marks[:, : length // 2].sum(axis=1) == 1).all()
    assert (marks[:, length // 2 :].sum(axis=1) == 1).all()
    np.testing.assert_allclose((x[..., 0] * marks).sum(axis=1), y, rtol=1e-12)
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, rel=0.2)


def test_a_sequence_too_short_for_two_marks_is_refused():
    with pytest.raises(ValueError, match="length must be at least 2, for two marks; got 1"):
        data.adding(1)


@pytest.mark.parametrize("load", [data.digits, data.austen, data.adding])
def test_a_split_is_fixed_by_its_seed_and_keeps_a_fifth_back(load):
    one, same, other = load(), load(), load(seed=1)
    np.testing.assert_array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)
    assert len(one.y_validation) == round(0.2 * (len(one.y) + len(one.y_validation)))


@pytest.mark.parametrize("name", data.SHA256)
def test_damaged_data_is_noticed(name, monkeypatch):
    monkeypatch.setitem(data.SHA256, name, "0" * 64)
    with pytest.raises(ValueError, match="changed or damaged; install optcourse again"):
        data.read_lines(name)


def test_the_next_character_is_the_one_that_follows_the_window():
    split = data.characters(length=11, every=1, validation=0)

    def read(row):
        return "".join(data.CHARACTERS[place] for place in row.argmax(axis=-1))

    assert read(split.x[0]) + data.CHARACTERS[split.y[0]] == "it is a trut"
    assert read(split.x[1]) + data.CHARACTERS[split.y[1]] == "t is a truth"
    assert (split.x.sum(axis=-1) == 1).all()
    assert split.x.shape == (len(split.y), 11, 27)


def test_no_character_is_in_both_parts_of_the_text():
    length, every = 12, 4
    split = data.characters(length, every)
    whole = data.characters(length, every, validation=0)
    used = every * (len(split.y) - 1) + length + 1 + every * (len(split.y_validation) - 1) + length + 1
    assert used <= every * (len(whole.y) - 1) + length + 1 + every
    with pytest.raises(ValueError, match="at least 1"):
        data.characters(0)
