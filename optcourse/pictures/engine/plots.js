// Curves over the steps in a grid of small plots, each with the reference's dashed ghost. Knows drawing.js alone.

import { airy, decades, ticks, short, power, cleared, drawAxes, drawCurve, extent, line, write, py } from "./drawing.js";

/**
 * @import { Box, Canvas, Context, Numbers } from "./drawing.js"
 * @import { Theme } from "./page.js"
 * @typedef {{ values: Numbers, ghost?: Numbers, colour: string }} Curve
 * @typedef {[words: string, colour: string, dash: number[]]} KeyEntry
 */
/**
 * A row of plots, one for each curve, side by side. `powers` says that values are decimal logarithms; `mark` draws
 * a level.
 * @typedef {{ name: string, tall: number, curves: Curve[], powers?: boolean, mark?: number | null }} PlotRow
 */

const PLOTS_MARGIN = { left: 58, right: 10, top: 24, bottom: 38 };
const PLOTS_GAP = { across: 46, down: 14 };
const WIDE = 22; // pixels more for labels such as −1.5e300
export const DASHED = [6, 4];

/**
 * @param {Canvas} canvas
 * @param {PlotRow[]} rows
 * @param {{ height?: number, legend?: KeyEntry[], headings?: string[] }} around
 * @param {Theme} colours
 */
export function drawPlots(canvas, rows, { height = 0, legend = [], headings = [] }, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const units = rows.reduce((sum, row) => sum + row.tall, 0);
  const edges = PLOTS_MARGIN.top + PLOTS_MARGIN.bottom + PLOTS_GAP.down * (rows.length - 1);
  const tall = Math.max(height, 62 * units + edges);
  const context = cleared(canvas, width, tall);
  const room = tall - edges - (headings.length ? 14 : 0);
  const wide = rows.some(({ powers, curves }) => !powers && curves.some(isHuge)) ? WIDE : 0;
  const margin = PLOTS_MARGIN.left + wide;
  const gap = PLOTS_GAP.across + wide;
  const headed = rows.findIndex((row) => row.curves.length > 1);
  let top = PLOTS_MARGIN.top;
  rows.forEach((row, number) => {
    const high = (row.tall / units) * room;
    if (number === headed && headings.length) top += 14;
    const across = width - margin - PLOTS_MARGIN.right - gap * (row.curves.length - 1);
    row.curves.forEach((curve, i) => {
      const each = across / row.curves.length;
      const left = margin + i * (each + gap);
      const { range, yTicks } = scaleOf(row, curve);
      /** @type {Box} */
      const box = { left, top, width: each, height: high, x: [0, Math.max(1, curve.values.length - 1)], y: range };
      drawPlot(context, box, row, curve, { yTicks, y: i === 0 ? row.name : "", lowest: number === rows.length - 1 }, colours);
      if (number === headed && headings[i]) {
        context.font = `600 11px ${colours.font}`;
        write(context, headings[i], left + each / 2, top - 8, colours.ink, "center");
      }
    });
    top += high + PLOTS_GAP.down;
  });
  drawKey(context, width - PLOTS_MARGIN.right, 11, legend, 44, colours);
}

/** @param {Curve} curve */
function isHuge({ values, ghost }) {
  return extent(values, ghost ?? [])?.some((value) => Math.abs(value) >= 1e5) ?? false;
}

/**
 * The level that a row marks, if it marks one.
 * @param {PlotRow} row
 */
function levelsOf({ mark }) {
  return mark === undefined || mark === null ? [] : [mark];
}

/**
 * The range of a plot's vertical axis, and its ticks.
 * @param {PlotRow} row
 * @param {Curve} curve
 */
export function scaleOf(row, curve) {
  const found = extent(curve.values, curve.ghost ?? [], levelsOf(row)) ?? [0, 1];
  if (!row.powers) {
    const { range, marks } = airy(found);
    return { range, yTicks: marks };
  }
  const range = decades(found);
  const whole = ticks(range, 4).filter(Number.isInteger);
  return { range, yTicks: whole.length > 1 ? whole : ticks(range, 5) };
}

/**
 * @param {Context} context
 * @param {Box} box
 * @param {PlotRow} row
 * @param {Curve} curve
 * @param {{ yTicks: number[], y: string, lowest: boolean }} axes
 * @param {Theme} colours
 */
function drawPlot(context, box, row, curve, { yTicks, y, lowest }, colours) {
  const xTicks = ticks(box.x, box.width > 220 ? 6 : 3).filter(Number.isInteger);
  const text = { yText: row.powers ? power : short, xText: lowest ? short : null };
  drawAxes(context, box, colours, { xTicks, yTicks, x: lowest ? "step" : "", y, grid: true, ...text });
  for (const value of levelsOf(row)) {
    const at = Math.round(py(box, value)) + 0.5;
    context.setLineDash([2, 3]);
    line(context, [box.left, at], [box.left + box.width, at], colours.ink);
    context.setLineDash([]);
  }
  drawCurve(context, box, curve.values, { colour: curve.colour, width: 2 });
  if (curve.ghost) drawCurve(context, box, curve.ghost, { colour: colours.ink, dash: DASHED, width: 1.5 });
}

/**
 * What the lines mean, on one line that ends at `right`.
 * @param {Context} context
 * @param {number} right
 * @param {number} y
 * @param {KeyEntry[]} entries
 * @param {number} apart pixels from one entry's words to the next one's
 * @param {Theme} colours
 */
export function drawKey(context, right, y, entries, apart, colours) {
  context.font = `11px ${colours.font}`;
  let x = right;
  for (const [words, colour, dash] of [...entries].reverse()) {
    x -= context.measureText(words).width;
    write(context, words, x, y, colours.ink);
    context.lineWidth = 2;
    context.setLineDash(dash);
    line(context, [x - 30, y], [x - 6, y], colour);
    context.setLineDash([]);
    x -= apart;
  }
}
