// Curves over the steps in a grid of small plots, each with the reference's dashed ghost. Knows drawing.js alone.

import { ticks, short, power, cleared, drawAxes, drawCurve, extent, line, write, py } from "./drawing.js";

const PLOTS_MARGIN = { left: 58, right: 10, top: 24, bottom: 38 };
const PLOTS_GAP = { across: 46, down: 14 };
const WIDE = 22; // pixels more for labels such as −1.5e300
const GHOST_DASH = [6, 4];

// `rows` is a list of {name, tall, curves: [{values, ghost, colour}, ...], powers}: a plot for each curve, side by
// side. `powers` says that values are decimal logarithms; `mark` draws a level. `legend` is [[words, colour, dash]].
export function drawPlots(canvas, rows, { height = 0, legend = [], headings = [] }, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const units = rows.reduce((sum, row) => sum + row.tall, 0);
  const least = 62 * units + PLOTS_MARGIN.top + PLOTS_MARGIN.bottom + PLOTS_GAP.down * (rows.length - 1);
  const tall = Math.max(height, least);
  const context = cleared(canvas, width, tall);
  const room = tall - PLOTS_MARGIN.top - PLOTS_MARGIN.bottom - PLOTS_GAP.down * (rows.length - 1) - (headings.length ? 14 : 0);
  const wide = rows.some(({ powers, curves }) => !powers && curves.some(isHuge)) ? WIDE : 0;
  const margin = PLOTS_MARGIN.left + wide;
  const gap = PLOTS_GAP.across + wide;
  let top = PLOTS_MARGIN.top;
  rows.forEach((row, number) => {
    const high = (row.tall / units) * room;
    if (row.curves.length > 1 && headings.length && rows.findIndex((one) => one.curves.length > 1) === number) top += 14;
    const across = width - margin - PLOTS_MARGIN.right - gap * (row.curves.length - 1);
    row.curves.forEach((curve, i) => {
      const each = across / row.curves.length;
      const left = margin + i * (each + gap);
      const box = { left, top, width: each, height: high, x: [0, Math.max(1, curve.values.length - 1)] };
      drawPlot(context, box, row, curve, i === 0, number === rows.length - 1, colours);
      const first = rows.findIndex((one) => one.curves.length > 1) === number;
      if (first && headings[i]) {
        context.font = `600 11px ${colours.font}`;
        write(context, headings[i], left + each / 2, top - 8, colours.ink, "center");
      }
    });
    top += high + PLOTS_GAP.down;
  });
  drawKey(context, width, legend, colours);
}

function isHuge({ values, ghost }) {
  return extent(values, ghost ?? [])?.some((value) => Math.abs(value) >= 1e5) ?? false;
}

function drawPlot(context, box, row, curve, named, lowest, colours) {
  const level = row.mark === undefined || row.mark === null ? [] : [row.mark];
  const [low, high] = extent(curve.values, curve.ghost ?? [], level) ?? [0, 1];
  if (row.powers) box.y = [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)];
  else {
    const air = (high - low || Math.abs(high) || 1) * 0.08;
    box.y = [low - air, high + air];
  }
  const found = row.powers ? ticks(box.y, 4).filter(Number.isInteger) : ticks(box.y, 3);
  const yTicks = found.length > 1 ? found : ticks(box.y, 5);
  const xTicks = ticks(box.x, box.width > 220 ? 6 : 3).filter(Number.isInteger);
  const text = { yText: row.powers ? power : short, xText: lowest ? short : null };
  drawAxes(context, box, colours, { xTicks, yTicks, x: lowest ? "step" : "", y: named ? row.name : "", grid: true, ...text });
  for (const value of level) {
    const at = Math.round(py(box, value)) + 0.5;
    context.setLineDash([2, 3]);
    line(context, [box.left, at], [box.left + box.width, at], colours.ink);
    context.setLineDash([]);
  }
  drawCurve(context, box, curve.values, { colour: curve.colour, width: 2 });
  if (curve.ghost) drawCurve(context, box, curve.ghost, { colour: colours.ink, dash: GHOST_DASH, width: 1.5 });
}

// What the lines mean, in the top margin, from the right.
function drawKey(context, width, legend, colours) {
  context.font = `11px ${colours.font}`;
  let x = width - PLOTS_MARGIN.right;
  for (const [words, colour, dashed] of [...legend].reverse()) {
    x -= context.measureText(words).width;
    write(context, words, x, 11, colours.ink);
    context.lineWidth = 2;
    context.setLineDash(dashed ? GHOST_DASH : []);
    line(context, [x - 30, 11], [x - 6, 11], colour);
    context.setLineDash([]);
    x -= 44;
  }
}
