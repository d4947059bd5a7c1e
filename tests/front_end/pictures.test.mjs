// What explore, compare and landscape compute of their messages.

import assert from "node:assert/strict";
import test from "node:test";

import { barTicks, barWords } from "../../optcourse/pictures/landscape/heat.js";
import { cellAt, cellValue, cellWords, heatBox, heatColour, heatTicks } from "../../optcourse/pictures/landscape/map.js";
import { lossesBox } from "../../optcourse/pictures/compare/losses.js";
import { lossWords, outside, over, places, someSteps } from "../../optcourse/pictures/compare/scene.js";
import { figures } from "../../optcourse/pictures/explore/cursor.js";
import { stacked } from "../../optcourse/pictures/explore/curves.js";
import { decoded } from "../../optcourse/pictures/explore/frame.js";
import { placeAt } from "../../optcourse/pictures/explore/start.js";
import { arraysOf, stripKeeper } from "../../optcourse/pictures/explore/strips.js";

const bytes = (...values) => new DataView(Float32Array.from(values).buffer);

test("a frame's bytes become numbers, its traces by coordinate and in their unit", () => {
  const found = decoded({
    path: bytes(1, 2), loss: bytes(3), ghost: null, ghost_loss: null, traces: [{ name: "m", power: 2, data: bytes(1, 2, 3, 4) }],
  });
  assert.deepEqual([[...found.path], [...found.loss], found.ghost], [[1, 2], [3], null]);
  assert.deepEqual(found.traces, [{ name: "m", first: [100, 300], second: [200, 400] }]);
});

test("four figures, a dash for what is not there, dots for what is not known", () => {
  for (const [value, words] of [[1 / 3, "0.3333"], [-2, "−2"], [0, "0"], [12345.6, "12350"], [1.5e-7, "1.5e−7"], [NaN, "–"], [null, "…"]])
    assert.equal(figures(value), words);
});

test("the curves' boxes stand below each other; the loss is twice as high as a trace", () => {
  const boxes = stacked(400, 500, { loss: [0, 0, 0], traces: [{}, {}] });
  assert.equal(boxes[0].height, 2 * boxes[1].height);
  for (const [above, below] of [[boxes[0], boxes[1]], [boxes[1], boxes[2]]]) assert.ok(above.top + above.height < below.top);
  assert.ok(boxes[2].top + boxes[2].height < 500);
  assert.deepEqual(boxes[0].x, [0, 2]);
});

test("the place under a pointer is where a point of that place is drawn; beside the plot is none", () => {
  const box = { left: 50, top: 10, width: 200, height: 100, x: [-2, 2], y: [0, 10] };
  assert.deepEqual(placeAt(box, [150, 60]), [0, 5]);
  assert.deepEqual(placeAt(box, [50, 110]), [-2, 0]);
  assert.equal(placeAt(box, [40, 60]), null);
});

// A model that only takes messages.
function messenger() {
  const sent = [];
  let told = null;
  const model = { send: (message) => sent.push(message), on: (_, listener) => (told = listener), off: () => (told = null) };
  return { model, sent, arrive: (message, buffers) => told(message, buffers), listens: () => told !== null };
}

const empty = [...Array(6)].map(() => new DataView(new ArrayBuffer(0)));

test("strips are asked for one at a time, and the newest wish takes the place of those that wait", () => {
  const { model, sent, arrive } = messenger();
  const strips = stripKeeper(model, () => {});
  for (const slider of ["lr", "beta1", "noise"]) strips.want(slider, { lr: 1, beta1: 2, noise: 3 });
  assert.deepEqual(sent.map((one) => one.strip), ["lr"]);
  arrive({ id: sent[0].id, records: 0, count: 1, traces: [] }, empty);
  assert.deepEqual(sent.map((one) => one.strip), ["lr", "noise"]);
});

test("a strip is at hand while the other sliders stand where they stood, and is not asked for again", () => {
  const { model, sent, arrive } = messenger();
  const strips = stripKeeper(model, () => {});
  strips.want("lr", { lr: 1, noise: 0 });
  arrive({ id: "another view's", records: 0, count: 1, traces: [] }, empty);
  assert.equal(strips.at("lr", { lr: 1, noise: 0 }), null);
  arrive({ id: sent[0].id, records: 0, count: 1, traces: [] }, empty);
  assert.equal(strips.at("lr", { noise: 0, lr: 5 })?.slider, "lr");
  assert.equal(strips.at("lr", { lr: 1, noise: 1 }), null);
  strips.want("lr", { lr: 9, noise: 0 });
  assert.equal(sent.length, 1);
});

test("a refused strip has its reason and is never at hand; a closed keeper hears nothing more", () => {
  const { model, sent, arrive, listens } = messenger();
  const answers = [];
  const strips = stripKeeper(model, (answer) => answers.push(answer));
  strips.want("lr", { lr: 1 });
  arrive({ id: sent[0].id, refused: "it sums" }, []);
  assert.deepEqual([answers[0].slider, answers[0].refused, strips.at("lr", { lr: 1 })], ["lr", "it sums", null]);
  strips.close();
  assert.ok(!listens());
});

test("a strip's buffers come in the order in which encode.py sends them", () => {
  const of = (array) => new DataView(array.buffer);
  const found = arraysOf({ id: "1", records: 2, count: 1, traces: ["m"] }, [
    bytes(1, 2, 3, 4), bytes(5, 6), of(Int32Array.of(-1)), of(Uint8Array.of(0)), bytes(), bytes(), of(Uint8Array.of(7, 8, 9, 255)), of(Float64Array.of(0, 1)),
  ]);
  assert.deepEqual([[...found.path], [...found.loss], [...found.diverged], found.traces[0].name], [[1, 2, 3, 4], [5, 6], [-1], "m"]);
  assert.deepEqual([[...found.traces[0].codes], [...found.traces[0].ranges]], [[7, 8, 9, 255], [0, 1]]);
});

const SCENE = {
  steps: 2, view: [[-1, 1], [-1, 1]],
  entrants: [
    { loss: Float32Array.of(0, -10, -12), path: Float32Array.of(0, 0, 0, 0, 0, 0), diverged: null },
    { loss: Float32Array.of(0, -9.5, -1), path: Float32Array.of(0, 0, 0, 2, 0, 0), diverged: null },
    { loss: Float32Array.of(0, NaN, NaN), path: Float32Array.of(0, 0, NaN, NaN, NaN, NaN), diverged: 1 },
  ],
};

test("places go by the loss; what is below 1e-9 is level, and what diverged is last", () => {
  assert.deepEqual([places(SCENE, 0), places(SCENE, 1), places(SCENE, 2)], [[1, 1, 1], [1, 1, 3], [1, 2, 3]]);
});

test("a path is over from where it diverges on, and outside only before that", () => {
  const [, leaves, ends] = SCENE.entrants;
  assert.deepEqual([over(ends, 0), over(ends, 1), lossWords(ends, 2)], [false, true, "diverged at step 1"]);
  assert.deepEqual([outside(SCENE, leaves, 1), outside(SCENE, leaves, 2), outside(SCENE, ends, 1)], [true, false, false]);
});

test("some twenty steps have both ends, whatever their number", () => {
  for (const steps of [1, 7, 20, 21, 199, 2000]) {
    const found = someSteps(steps);
    assert.ok(found.length <= 22 && found[0] === 0 && found.at(-1) === steps, String(steps));
  }
});

test("the losses' axis leaves out what is below 1e-10, and what is a thousand times the first", () => {
  const box = lossesBox(400, 300, { steps: 1, entrants: [{ loss: Float32Array.of(0, 30) }, { loss: Float32Array.of(0, -40) }] });
  assert.deepEqual(box.y, [-10, 3]);
});

const MAP = {
  x: { values: [0.01, 0.1, 1], scale: "log" }, y: { values: [0, 1], scale: "linear" },
  final: [-9, -2, 0, 1, 2, 3], arrived: [4, -1, 6, 7, 8, 9], lost: [0, 0, 1, 0, 0, 0],
};

test("a cell has its value, or the sign of one that has none", () => {
  assert.deepEqual([0, 1, 2].map((i) => cellValue(MAP, "steps", i)), [{ value: 4 }, { sign: "–" }, { sign: "×" }]);
  assert.deepEqual([0, 1, 2].map((i) => cellWords(MAP, "steps", i)), ["4", "not reached", "diverges"]);
  assert.deepEqual([0, 1, 2].map((i) => cellWords(MAP, "loss", i)), ["below 1e−9", "0.01", "diverges"]);
});

test("every cell is found under its own middle, upwards by row; the margins are no cell", () => {
  const box = heatBox(432, 250);
  for (let row = 0; row < 2; row++)
    for (let column = 0; column < 3; column++) {
      const middle = [box.left + ((column + 0.5) / 3) * box.width, box.top + ((1.5 - row) / 2) * box.height];
      assert.deepEqual(cellAt(box, MAP, middle), { row, column });
    }
  for (const point of [[box.left - 1, 100], [100, box.top - 1], [box.left + box.width + 1, 100]]) assert.equal(cellAt(box, MAP, point), null);
});

test("a value's colour is that of its part of the scale, and beyond it that of its end", () => {
  const heat = ["a", "b", "c", "d"];
  for (const [value, colour] of [[-5, "a"], [0, "a"], [0.3, "b"], [1, "d"], [9, "d"]]) assert.equal(heatColour(heat, [0, 1], value), colour);
});

test("an axis' round numbers stand at the middles of their cells; on a logarithmic one they are powers of ten", () => {
  assert.deepEqual(heatTicks(MAP.x).map(({ part, words }) => [Number(part.toFixed(6)), words]), [[0.166667, "0.01"], [0.5, "0.1"], [0.833333, "1"]]);
  assert.equal(heatTicks(MAP.y)[0].part, 0.25);
});

test("the colour bar of the loss has whole powers of ten, where there is room", () => {
  assert.ok(barTicks([-9, 1], "loss").every(Number.isInteger));
  assert.ok(!barTicks([-1, 0], "loss").every(Number.isInteger));
  assert.deepEqual([barWords(-3, "loss"), barWords(-0.5, "loss"), barWords(20, "steps")], ["10⁻³", "0.316", "20"]);
});
