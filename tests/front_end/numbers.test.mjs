// Numbers as words, ticks, and positions of sliders.

import assert from "node:assert/strict";
import test from "node:test";

import { extent, power, short, ticks } from "../../optcourse/pictures/engine/drawing.js";
import { digits, figure, numbers } from "../../optcourse/pictures/engine/page.js";
import { nearest } from "../../optcourse/pictures/explore/controls.js";
import { isNear, isWithinFactor, typedNumber } from "../../optcourse/pictures/engine/scoring.js";

// A generator of the same numbers each time, from 0 to 1.
function sequence(seed) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

test("digits has three figures and a true minus", () => {
  const table = [[0, "0"], [0.12345, "0.123"], [-2.5, "−2.5"], [123456, "1.23e5"], [-0.00012345, "−1.23e−4"], [99999, "100000"]];
  for (const [value, words] of table) assert.equal(digits(value), words);
});

test("figure takes a logarithm, and names what no number can show", () => {
  const table = [[0, "1"], [-3, "0.001"], [-9.5, "below 1e−9"], [NaN, "–"], [Infinity, "overflow"], [301.5, "3.16e301"], [-Infinity, "below 1e−9"]];
  for (const [exponent, words] of table) assert.equal(figure(exponent), words);
});

test("a tick's label hides what binary fractions leave", () => {
  for (const [value, words] of [[0.1 + 0.2, "0.3"], [1.5e300, "1.5e300"], [-5e-4, "−5e−4"], [99999, "99999"]]) assert.equal(short(value), words);
  assert.equal(power(-12), "10⁻¹²");
});

test("ticks are inside the interval, evenly apart by a round number, and no more than asked for", () => {
  const random = sequence(7);
  for (let i = 0; i < 2000; i++) {
    const low = (random() - 0.5) * 10 ** (8 * random() - 4);
    const high = low + 10 ** (8 * random() - 4);
    const count = 2 + Math.floor(6 * random());
    const found = ticks([low, high], count);
    assert.ok(found.length <= count + 1, `${low} ${high} ${count}: ${found}`);
    for (const one of found) assert.ok(one >= low - 1e-6 * (high - low) && one <= high + 1e-6 * (high - low));
    if (found.length < 2) continue;
    const step = found[1] - found[0];
    const first = Number(step.toExponential(3).split("e")[0]);
    assert.ok([1, 2, 5, 10].some((one) => Math.abs(first - one) < 0.01), `${low} ${high}: ${step}`);
  }
});

test("the extent of curves leaves out what is not finite, and is null without any number", () => {
  assert.deepEqual(extent([1, NaN, 3], [-2, Infinity]), [-2, 3]);
  assert.equal(extent([NaN], []), null);
});

test("bytes that begin anywhere become numbers", () => {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setFloat32(1, 1.5, true);
  new DataView(bytes.buffer).setFloat32(5, -2, true);
  assert.deepEqual([...numbers(new DataView(bytes.buffer, 1, 8))], [1.5, -2]);
});

test("the nearest position of a slider", () => {
  assert.equal(nearest([0.1, 0.2, 0.4], 0.29), 0.2);
  assert.equal(nearest([0.1, 0.2, 0.4], 9), 0.4);
});

test("what somebody types is a number or NaN", () => {
  for (const [text, value] of [["0,25", 0.25], [" 1/4 ", 0.25], ["−2", -2], ["1/0", NaN], ["", NaN], ["1/2/3", NaN]])
    assert.equal(typedNumber(text), value);
});

test("near is relative, but absolute about zero; a factor counts both ways", () => {
  assert.ok(isNear(3.19, 3.16, 0.01) && !isNear(3.2, 3.16, 0.01) && isNear(0.005, 0, 0.01));
  assert.ok(isWithinFactor(86, 43, 2) && isWithinFactor(21.5, 43, 2) && !isWithinFactor(87, 43, 2));
  assert.ok(isWithinFactor(Infinity, Infinity, 2) && !isWithinFactor(5, Infinity, 2) && !isWithinFactor(0, 1, 2));
});
