// Pictures without a kernel: the answers from what a page keeps, and the model that gives them.

import assert from "node:assert/strict";
import test from "node:test";
import { deflateSync } from "node:zlib";

import { ofClinic } from "../../optcourse/pictures/clinic/offline.js";
import { ofComparison } from "../../optcourse/pictures/compare/offline.js";
import { cutShort, cutWords, ofExplorer, standingAfter, traceOf } from "../../optcourse/pictures/explore/offline.js";
import { ofLandscape } from "../../optcourse/pictures/landscape/offline.js";
import { unpacked } from "../../optcourse/pictures/wire/codec.js";
import { modelOf } from "../../optcourse/pictures/wire/model.js";

const bytes = (...values) => new Uint8Array(Float32Array.from(values).buffer);
const OPENING = { lr: 0.1, noise: 0, x: 1, y: 2, steps: 2 };
const FRAME = {
  serial: 0, values: OPENING, title: "Adam", code: "run(steps=2)", said: "", outcome: "The path ends.", summary: "2 steps from (1, 2)\nThe path ends.",
  view: [[-4, 4], [-3, 3]], axes: ["theta[0]", "theta[1]"], optimum: null, diverged: null, traces: [{ name: "m", power: 0, data: bytes(0, 0, 1, 2, 3, 4) }],
  path: bytes(1, 2, 0.5, 1, 0.25, 0.5), loss: bytes(1, 0, -1), ghost: null, ghost_loss: null,
};
const slider = (name, positions) => ({ kind: "slider", name, positions });
const STRIP = {
  texts: [{ outcome: "Small." }, { outcome: "Large." }], lengths: [3, 2], ghosts: [false, true],
  path: Float32Array.of(0, 0, 1, 1, 2, 2, 5, 5, 6, 6, NaN, NaN), loss: Float32Array.of(0, 0, 0, 7, 8, NaN),
  ghost: new Float32Array(12), ghost_loss: new Float32Array(6), traces: [],
};
const STATE = { asked: {}, background: "", frame: FRAME, controls: [slider("lr", [0.1, 0.2]), slider("noise", [0, 1]), slider("x", [1, 3]), slider("y", [2, 4])] };
const explorer = () =>
  ofExplorer(STATE, { strips: { lr: STRIP, noise: STRIP, start: { ...STRIP, texts: [{}, { outcome: "x" }, { outcome: "y" }, {}], lengths: [1, 1, 1, 1], ghosts: [] } }, presets: { large: { lr: 0.2, said: "Too large." } } });

test("one control is away from where it opens at a time, and the start is two", () => {
  const table = [[{ lr: 0.2 }, { lr: 0.2 }], [{ noise: 1 }, { noise: 1 }], [{ x: 3 }, { x: 3 }]];
  let now = OPENING;
  for (const [wanted, away] of table) {
    now = standingAfter(OPENING, now, { ...now, ...wanted });
    assert.deepEqual(now, { ...OPENING, ...away });
  }
  now = standingAfter(OPENING, now, { ...now, y: 4 });
  assert.deepEqual(now, { ...OPENING, x: 3, y: 4 });
  assert.deepEqual(standingAfter(OPENING, now, { ...now, steps: 1 }), { ...now, steps: 1 });
});

test("explore answers with the strip's picture where a slider is away, and with its own where none is", () => {
  const answer = explorer();
  const { frame } = answer({ serial: 7, values: { lr: 0.2 } });
  assert.deepEqual([frame.serial, frame.outcome, [...frame.path], frame.rounded], [7, "Large.", [5, 5, 6, 6], true]);
  assert.deepEqual([...frame.ghost], [0, 0, 0, 0]);
  const back = answer({ serial: 8, values: {} }).frame;
  assert.deepEqual([back.outcome, back.rounded, [...back.loss]], ["The path ends.", undefined, [1, 0, -1]]);
});

test("explore's starts are counted y by y, and x by x within", () => {
  const answer = explorer();
  assert.equal(answer({ serial: 1, values: { x: 3 } }).frame.outcome, "x");
  assert.equal(answer({ serial: 2, values: { x: 1, y: 4 } }).frame.outcome, "y");
});

test("a preset moves lr and says its word; with other steps it says for how many it was found", () => {
  const answer = explorer();
  assert.deepEqual([answer({ serial: 1, preset: "large" }).frame.values.lr, answer({ serial: 2, preset: "large" }).frame.said], [0.2, "Too large."]);
  const said = answer({ serial: 3, values: { steps: 1 }, preset: "large" }).frame.said;
  assert.equal(said, "Too large. Found for 2 steps.");
});

test("fewer steps cut a path short, with words of its own; a divergence after them is not there yet", () => {
  const long = { ...FRAME, path: Float32Array.of(1, 2, 0.5, 1, 0.25, 0.5), loss: Float32Array.of(1, 0, -1), diverged: 2, traces: [] };
  const cut = cutShort(long, 1);
  assert.deepEqual([[...cut.path], [...cut.loss], cut.diverged, cut.code], [[1, 2, 0.5, 1], [1, 0], null, "run(steps=1)"]);
  assert.equal(cut.outcome, "After 1 step the path is at about (0.5, 1), loss 10 -> 1.");
  assert.equal(cut.summary, `1 steps from (1, 2)\n${cut.outcome}`);
  assert.equal(cutShort(long, 2), long);
});

test("a place is given as exactly as it is known, and a line's by its one number", () => {
  const path = Float32Array.of(0.123456, 0.987654);
  const words = (view, axes) => cutWords({ path, loss: Float32Array.of(0), view, axes }, 0);
  assert.match(words([[-4, 4], [-3, 3]], ["a", "b"]), / \(0\.12, 0\.99\),/);
  assert.match(words([[-4000, 4000], [-3, 3]], ["theta", "loss"]), /theta = 0,/);
});

test("a kept trace comes back within its range, with its gaps, and in a unit where it is huge", () => {
  const range = (low, high) => new Uint8Array(Float64Array.of(0, 0, low, high).buffer);
  const codes = { codes: Int32Array.of(0, 0, 0, 0, 0, 254, 255, 127), records: 2 }; // of two pictures: first, second coordinate
  assert.deepEqual([...traceOf({ name: "m", codes, ranges: range(-1, 1) }, 1, 2).data], [-1, NaN, 1, 0]);
  const { power, data } = traceOf({ name: "m", codes, ranges: range(0, 2e40) }, 1, 2);
  assert.deepEqual([power, data[2]], [40, 2]);
});

test("compare gives each entrant its own rate's run and line of the summary; the others stay", () => {
  const one = { name: "gd", label: "gd", rates: { positions: [1, 2], at: 1 }, path: bytes(0, 0), loss: bytes(0), distance: null };
  const scene = { serial: 0, summary: "on\nsteps\ngd: a\nadam: b", entrants: [one, { ...one, name: "adam" }] };
  const kept = { positions: [1, 2], texts: [{}, { label: "gd 2" }], lines: ["gd: a", "gd: c"], path: Float32Array.of(0, 0, 5, 6), loss: Float32Array.of(0, 7), distance: null };
  const found = ofComparison({ scene }, { entrants: [kept, null] })({ serial: 3, lr: { 0: 2, 1: 2 } }).scene;
  assert.deepEqual([found.serial, found.summary, found.entrants[0].label, found.entrants[0].rates.at], [3, "on\nsteps\ngd: c\nadam: b", "gd 2", 2]);
  assert.deepEqual([[...found.entrants[0].path], [...found.entrants[0].loss], found.entrants[1]], [[5, 6], [7], scene.entrants[1]]);
});

test("landscape gives a cell's path, its row's surface, and a divergence in kept records", () => {
  const cell = { serial: 0, row: 0, column: 0, words: "best", diverged: null };
  const answers = {
    columns: 2, stride: 3, texts: [{}, { words: "b" }, { words: "c" }, { words: "d", diverged: 7 }], surfaces: ["low", "high"], behind: [0, 1],
    paths: [Float32Array.of(0, 0, 1, 1), Float32Array.of(2, 2, 3, 3)],
  };
  const found = ofLandscape({ cell }, answers)({ serial: 2, row: 1, column: 1 });
  assert.deepEqual([found.background, found.cell.words, found.cell.diverged, [...found.cell.path]], ["high", "d", 3, [3, 3]]);
});

test("a clinic's patients come again after the last, and unanswered", () => {
  const answer = ofClinic({}, { cases: [{ title: "one" }, { title: "two" }] });
  assert.deepEqual([1, 2, 3].map((number) => answer({ serial: 5, number }).case), [{ title: "one", serial: 5 }, { title: "two", serial: 5 }, { title: "one", serial: 5 }]);
  assert.deepEqual(answer({ serial: 5, number: 2 }).answered, {});
});

test("a model without a kernel answers a question after it is saved, and tells of every change", async () => {
  const state = { asked: {}, frame: 0, note: "" };
  const heard = [];
  const model = modelOf(state, ({ serial }) => ({ frame: serial }), () => {});
  const hear = () => heard.push(model.get("frame"));
  model.on("change:frame", hear);
  model.set("asked", { serial: 4 });
  model.save_changes();
  assert.deepEqual(heard, []); // a kernel never answers before it is waited for
  await null;
  assert.deepEqual(heard, [4]);
  model.set("note", "x");
  model.save_changes(); // nothing was asked
  model.off("change:frame", hear);
  model.set("frame", 9);
  await null;
  assert.deepEqual([heard, model.get("frame")], [[4], 9]);
});

test("what is packed comes out: plain values, and bytes where they were", async () => {
  const text = new TextEncoder().encode(JSON.stringify({ a: "θ", b: { $bytes: [1, 2] } }));
  const whole = Buffer.concat([Buffer.from(Uint32Array.of(text.length).buffer), text, Buffer.from([9, 8, 7])]);
  assert.deepEqual(await unpacked(deflateSync(whole).toString("base64")), { a: "θ", b: Uint8Array.of(8, 7) });
});
