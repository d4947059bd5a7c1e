"""What a forked process does: load the submission, answer what it is asked, and say how it failed.

Everything that it sends is a claim: the submission can change all of this, and the other side knows.
"""

import io
import itertools
import json
import os
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from optcourse.checking.answering import Fault, Probe, answer, described, is_untouched
from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.inside import loading, standins
from optcourse.grading.sandbox.inside.inputs import Inputs

UNTOUCHED = "untouched"  # said beside a fault: the function is still the stub that was given out
CHUNK = 1 << 16  # bytes read at once
NUMBER = frames.Asked((), True)
BITS = 64  # of a whole number that may be a default; one of too many digits can't even be written
MEMORY = ("MemoryError", "_ArrayMemoryError")


class Child:
    """One process' conversation: requests come in on a descriptor, and answers go out on it."""

    def __init__(self, channel: int, output: int, inputs: Inputs | None = None) -> None:
        self.channel, self.output, self.inputs = channel, output, inputs
        self.number = 0
        self.read, self.write, self.leave = os.read, os.write, os._exit
        self.loaded: loading.Loaded | None = None
        self.calls: list[Call] = []
        self.untouched: bool | None = None
        self.values: tuple[Any, ...] = ()  # what was returned last, to be looked at again

    def serve(self) -> None:
        """Answer requests until there are no more, then end without any clean-up."""
        begun = False
        while True:
            self.number, body = self.request()
            if not begun:
                self.send(frames.BEGUN)  # how the process ends from here on is the submission's doing
                begun = True
            begin = 4 + struct.unpack_from("<I", body)[0]
            try:
                reply = self.reply(json.loads(body[4:begin]), body, begin)
            except BaseException as error:  # the submission may have changed anything that was used here
                reply = fault_frame(self.number, Fault("RE", "raised", described(error)))
            self.send(reply)

    def reply(self, asked: dict[str, Any], body: bytes, at: int) -> bytes:
        """The frame that answers a request; its values are in the body from `at` on."""
        if asked["op"] == "load":
            return self.load(asked)
        if asked["op"] == "again":
            return self.values_frame([], [frames.packed_values(self.values)])
        assert self.loaded is not None
        function = self.loaded.function
        assert function is not None
        texts, packed = [], []
        for place, probe in enumerate(self.posed(asked["questions"], body, at)):
            given = answer(function, probe, Printed(self), copies=self.inputs is None)
            fault = self.explained(given.fault) if given.fault else None
            if not fault:
                try:
                    self.values = given.values[0]
                    packed.append(frames.packed_values(self.values))
                except ValueError as error:
                    fault = Fault("BF", "dtype", str(error))
            said = [f"changed {name}" for name in sorted(given.changed)]
            said += [f"aliased {name}" for name in sorted(given.aliased)]
            said += [f"printed {given.printed[:2000]}"] if given.printed else []
            said += [failed(fault, self.notes_on(fault))] if fault else []
            texts += [f"{place} {words}" for words in said]
        return self.values_frame(texts, packed)

    def values_frame(self, texts: list[str], packed: list[bytes]) -> bytes:
        """What calls returned, with what is said of them, as a frame."""
        return frames.frame(frames.VALUES, self.number, frames.packed_texts(texts) + b"".join(packed))

    def posed(self, questions: list[Any], body: bytes, at: int) -> Iterator[Probe]:
        """The calls that are asked for: each is described once, and goes by its number from then on."""
        calls = []
        wanted = []
        for question in questions:
            if isinstance(question, dict):
                wanted += [NUMBER] * len(question["hypers"])
                self.calls.append(Call(question))
                calls.append((self.calls[-1], True))
            else:
                calls.append((self.calls[question], False))
            wanted += calls[-1][0].wanted
        numbers = iter(frames.read_values(body, wanted, at))
        for call, is_new in calls:
            if is_new:
                call.hypers = {name: next(numbers) for name in call.hypers}
            arguments: Iterator[Any] = itertools.islice(numbers, len(call.wanted))
            yield call.probe(self.inputs.holding(arguments) if self.inputs else arguments)

    def load(self, asked: dict[str, Any]) -> bytes:
        """Run what is needed of the submission's source, and tell what its function looks like."""
        cells = [(str(label), str(source)) for label, source in asked["cells"]]
        self.loaded = loading.load(cells, asked["kind"], asked["function"], asked["wide"])
        if self.loaded.fault:
            return fault_frame(self.number, self.loaded.fault, self.loaded.notes)
        function = self.loaded.function
        facts = [("default", f"{name}={value!r}") for name, value in plain_defaults(function)]
        facts += [("note", note) for note in self.loaded.notes]
        return frames.frame(
            frames.READY, self.number, frames.packed_texts([part for fact in facts for part in fact])
        )

    def notes_on(self, fault: Fault) -> tuple[str, ...]:
        """What is said beside a fault of the function."""
        if fault.kind not in ("none", "not-attempted") or not self.loaded:
            return ()
        if self.untouched is None:
            self.untouched = self.loaded.function is not None and is_untouched(self.loaded.function)
        return (UNTOUCHED,) if self.untouched else ()

    def explained(self, fault: Fault) -> Fault:
        """The same fault under its own verdict, where it has one."""
        if fault.kind != "raised":
            return fault
        error = fault.says.partition(":")[0]
        if error in MEMORY:
            return fault._replace(code="MLE", kind="stopped", says="wanted more memory than there is")
        if error == "NotHereError":
            kind = "rules" if standins.NO_RULES in fault.says else "import"
            return fault._replace(code="CE" if kind == "rules" else "RE", kind=kind)
        if error == "ModuleNotFoundError":
            says = f"{fault.says}: only numpy and the standard library are available in this assignment"
            return fault._replace(says=says)
        if error == "NameError" and self.loaded and self.loaded.failed_import:
            return fault._replace(code="CE", kind="import", says=self.loaded.failed_import)
        return fault

    def request(self) -> tuple[int, bytes]:
        """The number and body of the next request; ends the process where there is none."""
        data = self.read(self.channel, CHUNK)
        while len(data) < frames.HEAD.size or len(data) < frames.HEAD.size + frames.HEAD.unpack_from(data)[3]:
            more = self.read(self.channel, CHUNK)
            if not more:
                self.leave(0)
            data += more
        return frames.HEAD.unpack_from(data)[2], data[frames.HEAD.size :]

    def send(self, data: bytes) -> None:
        """All of the bytes, into the channel."""
        while data:
            data = data[self.write(self.channel, data) :]

    def too_much_output(self) -> None:
        """End here: nobody reads what is printed any more."""
        self.send(fault_frame(self.number, Fault("OLE", "stopped", f"printed more than {self.output} bytes")))
        self.leave(0)


class Printed(io.StringIO):
    """Takes what a function prints, up to a limit."""

    def __init__(self, child: Child) -> None:
        super().__init__()
        self.child = child

    def write(self, text: str) -> int:
        """Like StringIO's; ends the process when it gets too much."""
        if self.tell() + len(text) > self.child.output:
            self.child.too_much_output()
        return super().write(text)


class Call:
    """How a probe calls the function, as it was described; the numbers of its hypers come with the values."""

    def __init__(self, described: dict[str, Any]) -> None:
        self.hypers: dict[str, Any] = dict.fromkeys(described["hypers"])
        self.wanted = [frames.Asked(tuple(shape), True) for shape in described["shapes"]]
        self.returns = tuple(described["returns"]) if "returns" in described else None

    def probe(self, arguments: Iterable[Any]) -> Probe:
        """One call with these arguments: a single step, or a call of another function."""
        if self.returns is not None:
            return Probe("", self.hypers, args=tuple(arguments), returns=self.returns)
        theta, grad, *state = arguments
        return Probe("", self.hypers, theta=theta, state=tuple(state), grads=(grad,))


def fault_texts(fault: Fault, notes: tuple[str, ...] = ()) -> list[str]:
    """A fault as texts."""
    line = "" if fault.line is None else str(fault.line)
    return [fault.code, fault.kind, fault.says[:2000], line, fault.text[:300], *notes]


def failed(fault: Fault, notes: tuple[str, ...]) -> str:
    """A fault of one call as a text."""
    texts = [text.replace(frames.BETWEEN, " ") for text in fault_texts(fault, notes)]
    return frames.FAILED + frames.BETWEEN.join(texts)


def fault_frame(number: int, fault: Fault, notes: tuple[str, ...] = ()) -> bytes:
    """A fault as a frame."""
    return frames.frame(frames.FAULT, number, frames.packed_texts(fault_texts(fault, notes)))


def plain_defaults(function: Any) -> list[tuple[str, float]]:
    """The keyword defaults that are plain numbers, for the report's word on other defaults."""
    given = getattr(function, "__kwdefaults__", None) or {}
    return [
        (str(name), value)
        for name, value in given.items()
        if type(value) is float or (type(value) is int and value.bit_length() <= BITS)
    ]
