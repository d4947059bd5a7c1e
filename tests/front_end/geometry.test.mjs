// Where things stand on a canvas, and what a strip holds.

import assert from "node:assert/strict";
import test from "node:test";

import { clipped, onCanvas, px, py } from "../../optcourse/pictures/engine/drawing.js";
import { pathsBox } from "../../optcourse/pictures/engine/paths.js";
import { stepNear, surfaceBox } from "../../optcourse/pictures/engine/surface.js";
import { stepRows } from "../../optcourse/pictures/explore/cursor.js";
import { stripFrame } from "../../optcourse/pictures/explore/strips.js";

const BOX = { left: 10, top: 20, width: 100, height: 50, x: [-1, 1], y: [0, 5] };

test("a box's corners are where its edges' numbers are, y upwards", () => {
  assert.deepEqual([px(BOX, -1), px(BOX, 1), py(BOX, 0), py(BOX, 5)], [10, 110, 70, 20]);
});

test("a path ends on the canvas where it is no longer finite", () => {
  assert.deepEqual(onCanvas(BOX, [-1, 0, 1, 5, NaN, NaN], 2), [[10, 70], [110, 20]]);
});

test("what is clipped lies in the box and on the segment, however far the segment goes", () => {
  let state = 3;
  const random = () => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5;
  let met = 0;
  for (let i = 0; i < 5000; i++) {
    const size = 10 ** (2 + 3 * Math.abs(random()));
    const [from, to] = [[random() * size, random() * size], [random() * size, random() * size]];
    const piece = clipped(BOX, from, to);
    if (!piece) continue;
    met += 1;
    for (const [x, y] of piece) {
      const slack = 1e-9 * size;
      assert.ok(x >= 10 - slack && x <= 110 + slack && y >= 20 - slack && y <= 70 + slack);
      const across = (x - from[0]) * (to[1] - from[1]) - (y - from[1]) * (to[0] - from[0]);
      assert.ok(Math.abs(across) <= 1e-9 * size * size);
    }
  }
  assert.ok(met > 100);
});

test("an end inside the box comes back itself; beside the box there is nothing", () => {
  const [from, to] = [[20, 30], [1e30, 30]];
  assert.equal(clipped(BOX, from, to)[0], from);
  assert.deepEqual(clipped(BOX, from, to)[1], [110, 30]);
  assert.equal(clipped(BOX, [0, 0], [200, 0]), null);
});

test("the surface is three high for four wide, as its background is", () => {
  for (const box of [surfaceBox(500, [[-2, 2], [-1.5, 1.5]]), pathsBox(500, [[-2, 2], [-1.5, 1.5]])])
    assert.equal(box.height / box.width, 0.75);
});

test("the step under a pointer is the nearest one, and none where none is near", () => {
  const frame = { view: [[-4, 4], [-3, 3]], path: [0, 0, 1, 1, 2, 2], diverged: null };
  const box = surfaceBox(500, frame.view);
  assert.equal(stepNear(500, frame, [px(box, 1) + 3, py(box, 1)], 24), 1);
  assert.equal(stepNear(500, frame, [px(box, -3), py(box, -2)], 24), null);
});

test("a step's rows are its place, its update and its traces; what is only roughly known is left out", () => {
  const frame = { axes: ["x", "y"], path: [0, 1, 2, 5], traces: [{ name: "v", first: [7, 8], second: [9, 10] }] };
  assert.deepEqual(stepRows(frame, 1), [["theta", 2, 5], ["update", 2, 4], ["v", 8, 10]]);
  assert.deepEqual(stepRows({ ...frame, rough: true }, 1)[2], ["v", null, null]);
  assert.deepEqual(stepRows({ ...frame, rounded: true }, 1)[0], ["theta", null, null]);
});

const STRIP = {
  slider: "lr", count: 2, records: 2,
  path: Float32Array.of(0, 0, 1, 1, 0, 0, 2, 2), loss: Float32Array.of(1, 0, 1, -1),
  diverged: Int32Array.of(-1, 1), parted: Uint8Array.of(0, 1),
  ghost: Float32Array.of(0, 0, 3, 3, 0, 0, 4, 4), ghostLoss: Float32Array.of(1, 1, 1, 2),
  traces: [{ name: "m", codes: Uint8Array.of(0, 255, 254, 127, 0, 0, 254, 254), ranges: Float64Array.of(0, 254, -1, 1) }],
};

test("a strip's picture has its own row of each array, and a ghost only where the two part", () => {
  const [first, second] = [stripFrame(STRIP, 0, 0.1, { title: "t" }), stripFrame(STRIP, 1, 0.2, { title: "t" })];
  assert.deepEqual([first.title, first.diverged, first.ghost], ["t", null, null]);
  assert.deepEqual([[...second.path], second.diverged, [...second.ghost]], [[0, 0, 2, 2], 1, [0, 0, 4, 4]]);
  assert.deepEqual([[...first.traces[0].first], [...first.traces[0].second]], [[0, 254], [NaN, 127]]);
  assert.deepEqual([...second.traces[0].first], [-1, 1]);
});

test("a strip of the steps has one row, cut where the slider stands", () => {
  const one = { ...STRIP, slider: "steps", count: 1, diverged: Int32Array.of(-1), parted: Uint8Array.of(0) };
  assert.deepEqual([...stripFrame(one, 5, 0, {}).path], [0, 0]);
});
