// The map on its canvas: a colour for each cell, its axes, its colour bar, and marks on the best and the chosen cell.

import { ticks, short, power, cleared, write, writeUpwards } from "../engine/drawing.js";
import { digits } from "../engine/page.js";
import { cellValue, heatBox, heatColour, heatTicks } from "./map.js";

/**
 * @import { Interval, Measure } from "../wire/protocol.js"
 * @import { Canvas, Context } from "../engine/drawing.js"
 * @import { Theme } from "../engine/page.js"
 * @import { Area, HeatMap, Place } from "./map.js"
 */

const BAR = { gap: 10, width: 13 }; // the colour bar at the map's right

/**
 * @param {Canvas} canvas
 * @param {number} height
 * @param {HeatMap} map
 * @param {Measure} measure
 * @param {Place} chosen
 * @param {Theme} colours
 */
export function drawHeat(canvas, height, map, measure, chosen, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const context = cleared(canvas, width, height);
  const box = heatBox(width, height);
  const [columns, rows] = [map.x.values.length, map.y.values.length];
  const [wide, high] = [box.width / columns, box.height / rows];
  /** @param {number} row @param {number} column */
  const corner = (row, column) => [box.left + column * wide, box.top + box.height - (row + 1) * high].map(Math.round);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [left, above] = corner(row, column);
      const found = cellValue(map, measure, row * columns + column);
      context.fillStyle = found.sign ? colours.grid : heatColour(map.heat, map.ends[measure], found.value);
      const [right, below] = corner(row - 1, column + 1); // whole pixels, so that no seams show
      context.fillRect(left, above, right - left, below - above);
      if (found.sign) drawSign(context, found.sign, left + wide / 2, above + high / 2, Math.min(wide, high) * 0.22, colours.muted);
    }
  drawHeatAxes(context, box, map, colours);
  drawBar(context, box, map, measure, colours);
  const [bestLeft, bestTop] = corner(...map.best);
  twice(context, [4, "#ffffff"], [1.75, "#000000"], () => {
    context.beginPath();
    context.arc(bestLeft + wide / 2, bestTop + high / 2, Math.min(wide, high) * 0.36, 0, 2 * Math.PI);
    context.stroke();
  });
  const [left, above] = corner(chosen.row, chosen.column);
  twice(context, [6, "#000000"], [3, "#ffffff"], () => context.strokeRect(left - 1, above - 1, wide + 2, high + 2));
}

/**
 * A line that is seen on any colour: a thick one, and a thin one on it.
 * @param {Context} context
 * @param {[width: number, colour: string]} thick
 * @param {[width: number, colour: string]} thin
 * @param {() => void} draw
 */
function twice(context, thick, thin, draw) {
  for (const [width, colour] of [thick, thin]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    draw();
  }
}

/**
 * @param {Context} context
 * @param {"×" | "–"} sign
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 * @param {string} colour
 */
function drawSign(context, sign, x, y, reach, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.beginPath();
  for (const tilt of sign === "×" ? [-1, 1] : [0]) {
    context.moveTo(x - reach, y - tilt * reach);
    context.lineTo(x + reach, y + tilt * reach);
  }
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Area} box
 * @param {HeatMap} map
 * @param {Theme} colours
 */
function drawHeatAxes(context, box, map, colours) {
  context.font = `11px ${colours.font}`;
  context.lineWidth = 1;
  context.strokeStyle = colours.muted;
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.width, box.height);
  context.beginPath();
  for (const { part, words } of heatTicks(map.x)) {
    const x = Math.round(box.left + part * box.width) + 0.5;
    context.moveTo(x, box.top + box.height);
    context.lineTo(x, box.top + box.height + 4);
    write(context, words, x, box.top + box.height + 7, colours.ink, "center", "top");
  }
  for (const { part, words } of heatTicks(map.y)) {
    const y = Math.round(box.top + (1 - part) * box.height) + 0.5;
    context.moveTo(box.left - 4, y);
    context.lineTo(box.left, y);
    write(context, words, box.left - 7, y, colours.ink, "right", "middle");
  }
  context.stroke();
  write(context, map.x.label, box.left + box.width / 2, box.top + box.height + 22, colours.ink, "center", "top");
  writeUpwards(context, map.y.label, 8, box.top + box.height / 2, colours.ink);
}

/**
 * The colour scale at the right: its label, and numbers with their unit.
 * @param {Context} context
 * @param {Area} box
 * @param {HeatMap} map
 * @param {Measure} measure
 * @param {Theme} colours
 */
function drawBar(context, box, map, measure, colours) {
  const [low, top] = map.ends[measure];
  const left = box.left + box.width + BAR.gap;
  const slices = map.heat.length;
  for (let i = 0; i < slices; i++) {
    context.fillStyle = heatColour(map.heat, [low, top], low + ((i + 0.5) / slices) * (top - low));
    context.fillRect(left, box.top + box.height * (1 - (i + 1) / slices), BAR.width, box.height / slices + 0.5);
  }
  context.lineWidth = 1;
  context.strokeStyle = colours.muted;
  context.strokeRect(left + 0.5, box.top + 0.5, BAR.width, box.height);
  for (const mark of barTicks([low, top], measure)) {
    const y = box.top + box.height * (1 - (mark - low) / (top - low));
    write(context, barWords(mark, measure), left + BAR.width + 4, y, colours.ink, "left", "middle");
  }
  const label = measure === "steps" ? "steps to a thousandth" : "final loss above the minimum";
  writeUpwards(context, label, left + BAR.width + 42, box.top + box.height / 2, colours.ink);
}

/**
 * @param {Interval} ends
 * @param {Measure} measure
 */
export function barTicks([low, high], measure) {
  const marks = ticks([low, high], 5);
  return measure === "loss" && high - low > 2 ? marks.filter(Number.isInteger) : marks;
}

/**
 * @param {number} mark
 * @param {Measure} measure
 */
export function barWords(mark, measure) {
  if (measure === "steps") return short(mark);
  return Number.isInteger(mark) ? power(mark) : digits(10 ** mark);
}
