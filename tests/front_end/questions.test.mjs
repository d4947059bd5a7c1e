// What quiz, predict and clinic say to an answer, and how their texts are cut up.

import assert from "node:assert/strict";
import test from "node:test";

import { clinicWords, decodedCase, following } from "../../optcourse/pictures/clinic/case.js";
import { isRight, numberSaid, verdictWords } from "../../optcourse/pictures/predict/judging.js";
import { parted } from "../../optcourse/pictures/engine/question.js";
import { judged } from "../../optcourse/pictures/engine/scoring.js";

const QUESTION = (kind) => ({
  kind, question: "?",
  options: [{ text: "a", why: "A.", right: true }, { text: "b", why: "B.", right: kind === "several" }, { text: "c", why: "C.", right: false }],
});

test("one choice is right or not, with its own explanation", () => {
  assert.deepEqual(judged(QUESTION("one"), [0]), { right: true, words: "Right.", why: [["", "A."]] });
  assert.deepEqual(judged(QUESTION("one"), [2]), { right: false, words: "Not right.", why: [["", "C."]] });
});

test("of several, what is missing and what is too many is counted", () => {
  const table = [[[0, 1], "Right: these and no others."], [[0], "1 choice that holds is not ticked"],
    [[2], "1 of your ticks does not hold; 2 choices that hold are not ticked"], [[0, 1, 2], "1 of your ticks does not hold"]];
  for (const [given, words] of table) assert.match(judged(QUESTION("several"), given).words, new RegExp(words));
});

test("a number is too small or too large, and a known mistake gets its word", () => {
  const asked = { kind: "number", question: "?", right: 3.16, tolerance: 0.01, known: [{ number: 3.16, why: "Yes." }, { number: 10, why: "The square." }] };
  assert.deepEqual(judged(asked, 3.17), { right: true, words: "Right.", why: [["", "Yes."]] });
  assert.deepEqual(judged(asked, 10), { right: false, words: "Not right: your number is too large.", why: [["", "The square."]] });
  assert.deepEqual(judged(asked, 1), { right: false, words: "Not right: your number is too small.", why: [] });
});

const STEPS = { kind: "number", question: "?", options: [], truth: 43, why: "", factor: 2, counts: true, note: "" };

test("never is infinite, however it is written", () => {
  for (const text of ["never", "No", "∞", "inf", "Infinity"]) assert.equal(numberSaid(text), Infinity);
  assert.equal(numberSaid("1/4"), 0.25);
  assert.ok(Number.isNaN(numberSaid("soon")));
});

test("a prediction is right within its factor, and never meets never alone", () => {
  assert.ok(isRight(STEPS, 80) && isRight(STEPS, 22) && !isRight(STEPS, 90) && !isRight(STEPS, Infinity));
  assert.ok(isRight({ ...STEPS, truth: "never" }, Infinity) && !isRight({ ...STEPS, truth: "never" }, 3000));
  assert.ok(isRight({ ...STEPS, kind: "one", truth: "diverge" }, "diverge"));
});

test("a verdict says how far apart the two are, but not from never", () => {
  assert.equal(verdictWords(STEPS, 86, true), "As you predicted. You said 86; the run says 43, a factor of 2 apart. A factor of up to 2 counts as right.");
  assert.match(verdictWords({ ...STEPS, truth: "never" }, 86, false), /You said 86; the run says never\. /);
  assert.match(verdictWords(STEPS, "never", false), /You said never; the run says 43\. /);
  assert.equal(verdictWords({ ...STEPS, kind: "one", truth: "diverge" }, "converge", false), "Not as you predicted. You said it converges; it diverges.");
});

test("a clinic's verdict counts the tries; an end becomes the rest of a sentence", () => {
  assert.match(clinicWords({ choice: 0, tries: 1, right: true, shown: false }), /at the first try/);
  assert.match(clinicWords({ choice: 0, tries: 3, right: false, shown: false }), /try 3\): look again/);
  assert.equal(clinicWords({ choice: null, tries: 2, right: false, shown: true }), "This is the fault.");
  assert.deepEqual([following("Diverges: x"), following("The path ends")], ["it diverges: x", "the path ends"]);
});

test("a case's curves have a ghost where the reference has such a trace, coordinate by coordinate", () => {
  const bytes = (...values) => new Uint8Array(Float32Array.from(values).buffer);
  const sent = {
    path: bytes(0, 0), ghost: bytes(1, 1), loss: bytes(0), ghost_loss: bytes(-1),
    traces: [{ name: "m", power: 0, data: bytes(1, 2) }, { name: "huge", power: 40, data: bytes(3, 4) }],
    ghost_traces: { m: { power: 1, data: bytes(5, 6) } },
  };
  const [loss, m, huge] = decodedCase(sent).rows;
  assert.deepEqual([loss.name, [...loss.curves[0].ghost]], ["loss", [-1]]);
  assert.deepEqual(m.curves.map(({ values, ghost }) => [...values, ...ghost]), [[1, 50], [2, 60]]);
  assert.deepEqual(huge.curves.map(({ values, ghost }) => [...values, ghost]), [[3e40, undefined], [4e40, undefined]]);
});

test("a text is cut at its code and its stress; mathematics and lone asterisks stay", () => {
  const table = [
    ["`v` is *not* $x*y$", [[null, ""], ["code", "v"], [null, " is "], ["em", "not"], [null, " "], [null, "$x*y$"], [null, ""]]],
    ["2 * 3 * 4, a**b**c", [[null, "2 * 3 * 4, a**b**c"]]],
  ];
  for (const [text, parts] of table) assert.deepEqual(parted(text), parts);
});
