"""Whose row a student's grade goes into: by ids first, then names. Where two could be meant, none is."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from optcourse.errors import UserError
from optcourse.grading.exports.cells import column, read_table


class Person(NamedTuple):
    """Somebody on a list: what they may be called, the surest first. `row` is the list's own."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    row: tuple[str, ...]


class LeftOut(NamedTuple):
    """A student who is not in an export, and why."""

    student: str
    why: str


class Matched(NamedTuple):
    """The person for each student who has one, and those who have none."""

    people: Mapping[str, Person]
    left_out: tuple[LeftOut, ...]


def read_roster(path: Path) -> list[Person]:
    """The people of roster.csv (id,name,email), each as the row (id, name, email); UserError otherwise."""
    header, *rows = read_table(path)
    at = [column(header, name) for name in ("id", "name", "email")]
    if at[0] is None:
        raise UserError(f"{path} has no column id: a roster's columns are id,name,email.")
    people = []
    for row in rows:
        who, name, email = (row[place].strip() if place is not None else "" for place in at)
        people.append(Person(present(who, email), orders(name), (who, name, email)))
    return people


def present(*texts: str) -> tuple[str, ...]:
    """Those that are not empty."""
    return tuple(text.strip() for text in texts if text.strip())


def orders(name: str) -> tuple[str, ...]:
    """A name as it is, and "Last, First" the other way round."""
    last, comma, first = name.partition(",")
    return present(name, f"{first.strip()} {last.strip()}" if comma else "")


def matched(students: Iterable[str], people: Sequence[Person], roster: Sequence[Person] = ()) -> Matched:
    """Which person each student is. The roster tells of a student's other ids and names.

    A student whom several persons could be is left out, and so are students who would share one.
    """
    known = tables(roster)
    wanted = tables(people)
    found: dict[str, Person] = {}
    left_out = []
    for student in students:
        person = only(student_calls(student, known), wanted)
        if isinstance(person, Person):
            found[student] = person
        else:
            left_out.append(LeftOut(student, person))
    owners = defaultdict(list)
    for student, person in found.items():
        owners[id(person)].append(student)
    for sharers in owners.values():
        if len(sharers) > 1:
            left_out += [LeftOut(one, "several students would go into one row") for one in sharers]
            for one in sharers:
                del found[one]
    return Matched(found, tuple(left_out))


Tables = tuple[dict[str, list[Person]], ...]
Calls = tuple[tuple[str, ...], ...]  # by tier: ids, names, names without anything but letters


def student_calls(student: str, roster: Tables | None = None) -> Calls:
    """What a student may be called on a list; a roster tells more of whom it has."""
    also = only(student_calls(student), roster) if roster else None
    person = also if isinstance(also, Person) else None
    ids, names = ((*person.ids, student), (student, *person.names)) if person else ((student,), (student,))
    return called(plain, ids), called(plain, names), called(letters, names)


def called(form: Callable[[str], str], texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in a form for comparing, each once, without those of which nothing is left."""
    return tuple(filter(None, dict.fromkeys(map(form, texts))))


def tables(people: Sequence[Person]) -> Tables:
    """The people by each of what they are called, one table a tier."""
    made: Tables = (defaultdict(list), defaultdict(list), defaultdict(list))
    for person in people:
        calls = called(plain, person.ids), called(plain, person.names), called(letters, person.names)
        for table, tier in zip(made, calls, strict=True):
            for call in tier:
                table[call].append(person)
    return made


def only(calls: Calls, tables: Tables) -> Person | str:
    """The one person who can be meant; else why there is none."""
    people = candidates(calls, tables)
    if len(people) == 1:
        return people[0]
    return "several rows could be meant" if people else "not on the list"


def candidates(calls: Calls, tables: Tables) -> list[Person]:
    """Who can be meant: those of the first tier that has any."""
    for tier, table in zip(calls, tables, strict=True):
        people = {id(person): person for call in tier for person in table.get(call, ())}
        if people:
            return list(people.values())
    return []


def plain(text: str) -> str:
    """A text for comparing: without capitals, accents' spellings and extra spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def letters(text: str) -> str:
    """Its letters and digits alone, as in Canvas' file names: "Lovelace, Ada" is lovelaceada."""
    return "".join(char for char in plain(text) if char.isalnum())
