// What is drawn, on the surface that writes SVG: no browser is needed to read it.

import assert from "node:assert/strict";
import test from "node:test";

globalThis.window ??= {};

import { airy, decades, drawArrow, drawPath } from "../../optcourse/pictures/engine/drawing.js";
import { fileName } from "../../optcourse/pictures/engine/download.js";
import { leaves, drawSurface, surfaceBox } from "../../optcourse/pictures/engine/surface.js";
import { drawMarker, drawPaths } from "../../optcourse/pictures/engine/paths.js";
import { drawPlots, scaleOf } from "../../optcourse/pictures/engine/plots.js";
import { svgCanvas, svgDocument } from "../../optcourse/pictures/engine/svg.js";

const COLOURS = { font: "sans-serif", dark: false, ink: "#111", muted: "#222", grid: "#333", paper: "#fff", path: "#c00", first: "#00c", second: "#0c0" };
const canvas = (width = 400) => svgCanvas(width, (text) => ({ width: 6 * text.length }));
const NO_IMAGE = { complete: false };
const PLANE = { view: [[-4, 4], [-3, 3]], axes: ["theta[0]", "theta[1]"], optimum: [0, 0] };
const words = (drawn) => drawn.marks.flatMap((mark) => mark.match(/<text[^>]*fill="(?!none)[^>]*>([^<]*)</)?.[1] ?? []);

test("every shape of a marker is one closed outline about its middle", () => {
  for (const shape of ["circle", "square", "triangle", "diamond", "wedge", "cross"]) {
    const drawn = canvas();
    drawMarker(drawn.getContext("2d"), shape, [100, 50], 10, "#c00", "#fff");
    assert.equal(drawn.marks.length, 2, shape); // filled, and its edge
    assert.match(drawn.marks[0], /d="M[^"]*Z" fill="#c00"/, shape);
  }
});

test("a path is clipped to its box, and drawn with its halo below it", () => {
  const drawn = canvas();
  const box = { left: 0, top: 0, width: 10, height: 10, x: [0, 1], y: [0, 1] };
  drawPath(drawn.getContext("2d"), box, [[5, 5], [500, 5], [5, 500], [5, 5]], { colour: "#c00", halo: "#fff" });
  assert.deepEqual(drawn.marks.slice(1).map((mark) => mark.match(/stroke="([^"]*)"/)[1]), ["#fff", "#c00"]);
  assert.match(drawn.marks[1], /d="M5 5L10 5M5 10L5 5"/);
  assert.match(drawn.marks[2], /clip-path="url\(#clip-1\)"/);
});

test("what save() keeps comes back, and a second restore takes nothing away", () => {
  const context = canvas().getContext("2d");
  context.lineWidth = 5;
  context.save();
  context.lineWidth = 1;
  context.restore();
  context.restore();
  assert.equal(context.lineWidth, 5);
});

test("an arrow's head points away from where it comes", () => {
  const drawn = canvas();
  drawArrow(drawn.getContext("2d"), [0, 50], [100, 50], "#c00", "#fff", 10);
  const [, tip] = drawn.marks[0].match(/d="M([\d.]+) 50L/);
  assert.equal(Number(tip), 108);
});

test("a path that stays has a start and an end; one that leaves says when; one that overflows says where", () => {
  const said = (path, diverged = null, optimum = PLANE.optimum) => {
    const drawn = canvas();
    drawSurface(drawn, { ...PLANE, optimum, path, diverged, ghost: null }, NO_IMAGE, COLOURS);
    return words(drawn).filter((text) => /^[a-z]/.test(text) && !text.startsWith("theta"));
  };
  assert.deepEqual(said([3, 2, -3, -2]), ["minimum", "end", "start"]);
  assert.deepEqual(said([3, 2, 0.01, 0]), ["minimum", "start"]); // the minimum's own label stands there
  assert.deepEqual(said([3, 2, 3, 2.01], null, null), ["start and end"]);
  assert.deepEqual(said([3, 2, 0, 0, 30, 2]), ["minimum", "leaves the picture at step 2", "start"]);
  assert.deepEqual(said([3, 2, -3, -2, NaN, NaN], 2), ["minimum", "no finite number at step 2", "start"]);
});

test("the first step outside for good, or none", () => {
  const box = surfaceBox(400, PLANE.view);
  assert.equal(leaves(box, [[100, 100], [1e6, 0], [100, 100]]), null);
  assert.equal(leaves(box, [[100, 100], [1e6, 0], [1e6, 1]]), 1);
});

test("several paths are each drawn up to the step, and their heads above all lines", () => {
  const track = (path) => ({ path: Float32Array.from(path), diverged: null, colour: "#c00", dash: [], marker: "circle" });
  const drawn = canvas();
  drawPaths(drawn, { ...PLANE, tracks: [track([3, 2, 1, 1, 0, 0]), track([3, 2, 90, 90, 0, 0])], step: 1 }, NO_IMAGE, COLOURS);
  const lastLine = drawn.marks.findLastIndex((mark) => mark.includes("stroke-width=\"2\"") && mark.includes("clip-path"));
  assert.ok(drawn.marks.slice(lastLine + 1).filter((mark) => mark.includes('fill="#c00"')).length >= 2);
});

test("plots have a name a row, a number a tick, a heading a column, and the key at the right", () => {
  const drawn = canvas();
  const curve = { values: [1, 2, 3], ghost: [1, 1, 1], colour: "#c00" };
  const rows = [{ name: "loss", tall: 2, powers: true, curves: [curve], mark: 2 }, { name: "m", tall: 1, curves: [curve, curve] }];
  drawPlots(drawn, rows, { headings: ["theta[0]", "theta[1]"], legend: [["patient", "#c00", []], ["reference", "#111", [6, 4]]] }, COLOURS);
  const found = words(drawn);
  for (const text of ["loss", "m", "theta[0]", "theta[1]", "patient", "reference", "10²", "step"]) assert.ok(found.includes(text), text);
  assert.equal(found.filter((text) => text === "m").length, 1);
});

test("nothing is drawn where there is no room for it", () => {
  const drawn = canvas(0);
  drawPlots(drawn, [], {}, COLOURS);
  drawSurface(drawn, { ...PLANE, path: [0, 0], diverged: null, ghost: null }, NO_IMAGE, COLOURS);
  assert.deepEqual(drawn.marks, []);
});

test("an axis of powers has whole decades, another a little air, and both at least two ticks", () => {
  assert.deepEqual([decades([-3.2, 1.1]), decades([2, 2])], [[-4, 2], [2, 3]]);
  assert.deepEqual(airy([0, 0]).range, [-0.08, 0.08]);
  for (const powers of [true, false])
    for (const [low, high] of [[0, 0], [1, 82], [-308, 308], [1e-8, 2e-8], [-5, 5e7]]) {
      const { range, yTicks } = scaleOf({ name: "", tall: 1, powers, curves: [] }, { values: [low, NaN, high], colour: "" });
      assert.ok(yTicks.length > 1 && range[0] <= low && high <= range[1], `${powers} ${low} ${high}`);
    }
});

test("a document holds its canvases side by side, each with clips of its own, and texts escaped", () => {
  const [one, two] = [canvas(100), canvas(50)];
  for (const drawn of [one, two]) {
    const context = drawn.getContext("2d");
    drawn.height = 80;
    context.clip();
    context.fillText("a < b & \"c\"", 1, 2);
  }
  const text = svgDocument([one, two], { title: "<t>", description: "d & d", paper: "#fff" });
  assert.match(text, /viewBox="0 0 150 80"/);
  for (const part of ["translate(0 0)", "translate(100 0)", 'id="clip-0-1"', 'id="clip-1-1"', "url(#clip-1-1)", "a &lt; b &amp; &quot;c&quot;", "<title id=\"title\">&lt;t&gt;"])
    assert.ok(text.includes(part), part);
});

test("a file is called by its title, in letters that any system takes", () => {
  assert.equal(fileName("Adam on: Rosenbrock's valley"), "adam-on-rosenbrock-s-valley");
});
