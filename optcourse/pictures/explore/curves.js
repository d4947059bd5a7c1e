// The curves beside the surface: the loss, the gradient and each part of the state, over the same steps.

import { airy, px, ticks, short, power, cleared, drawAxes, drawCurve, extent, line } from "../engine/drawing.js";
import { DASHED, drawKey, scaleOf } from "../engine/plots.js";

/**
 * @import { Box, Canvas, Context } from "../engine/drawing.js"
 * @import { Theme } from "../engine/page.js"
 * @import { Shown, Trace } from "./frame.js"
 */

const CURVES_MARGIN = { left: 80, right: 12, top: 22, bottom: 40 }; // left: −1.5e300 beside a name
const BETWEEN = 16; // pixels between two plots

/**
 * @param {Canvas} canvas
 * @param {Shown} frame
 * @param {number} height
 * @param {Theme} colours
 */
export function drawCurves(canvas, frame, height, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const each = frame.traces.length > 4 ? 52 : 70;
  const least = 130 + each * frame.traces.length + CURVES_MARGIN.top + CURVES_MARGIN.bottom;
  const tall = Math.max(height, least);
  const context = cleared(canvas, width, tall);
  const boxes = stacked(width, tall, frame);
  const xTicks = ticks(boxes[0].x, 5).filter(Number.isInteger);
  drawLoss(context, boxes[0], frame, xTicks, colours);
  frame.traces.forEach((trace, i) => {
    const lowest = i === frame.traces.length - 1;
    drawTrace(context, boxes[i + 1], trace, xTicks, lowest, colours);
  });
  if (frame.traces.some((trace) => trace.second.some(Number.isFinite))) {
    const [first, second] = frame.axes;
    const { left, width, top } = boxes[1];
    drawKey(context, left + width, top - 10, [[first, colours.first, []], [second, colours.second, DASHED]], 46, colours);
  }
  if (frame.cursor === undefined) return;
  context.setLineDash([]);
  context.lineWidth = 1.5;
  const x = px(boxes[0], frame.cursor);
  for (const box of boxes) line(context, [x, box.top], [x, box.top + box.height], colours.ink);
}

/**
 * The step that the pointer is over.
 * @param {HTMLCanvasElement} canvas
 * @param {Pick<Shown, "loss">} frame
 * @param {number} clientX
 */
export function stepAt(canvas, frame, clientX) {
  const last = frame.loss.length - 1;
  const width = canvas.clientWidth - CURVES_MARGIN.left - CURVES_MARGIN.right;
  const share = (clientX - canvas.getBoundingClientRect().left - CURVES_MARGIN.left) / width;
  return Math.min(last, Math.max(0, Math.round(share * last)));
}

/**
 * One box for the loss and one for each trace, from the top down; the loss is twice as high as the others.
 * @param {number} width
 * @param {number} height
 * @param {Pick<Shown, "loss" | "traces">} frame
 */
export function stacked(width, height, frame) {
  const parts = 2 + frame.traces.length;
  const room = height - CURVES_MARGIN.top - CURVES_MARGIN.bottom - BETWEEN * (frame.traces.length + 1);
  let top = 8;
  return [frame.loss, ...frame.traces].map((_, i) => {
    const tall = (i === 0 ? 2 : 1) * (room / parts);
    /** @type {Box} */
    const box = {
      left: CURVES_MARGIN.left, top, width: width - CURVES_MARGIN.left - CURVES_MARGIN.right, height: tall,
      x: [0, Math.max(1, frame.loss.length - 1)], y: [0, 1],
    };
    top += tall + BETWEEN * (i === 0 ? 2 : 1);
    return box;
  });
}

/**
 * Losses come as powers of ten, so the axis runs over whole powers.
 * @param {Context} context
 * @param {Box} place
 * @param {Shown} frame
 * @param {number[]} xTicks
 * @param {Theme} colours
 */
function drawLoss(context, place, { loss, ghost_loss }, xTicks, colours) {
  const curve = { values: loss, ghost: ghost_loss ?? undefined, colour: colours.path };
  const { range, yTicks } = scaleOf({ name: "loss", tall: 2, powers: true, curves: [curve] }, curve);
  const box = { ...place, y: range };
  drawAxes(context, box, colours, { xTicks, yTicks, xText: null, yText: power, y: "loss", grid: true });
  if (ghost_loss) drawCurve(context, box, ghost_loss, { colour: colours.ink, dash: DASHED });
  drawCurve(context, box, loss, { colour: colours.path, width: 2 });
}

/**
 * @param {Context} context
 * @param {Box} place
 * @param {Trace} trace
 * @param {number[]} xTicks
 * @param {boolean} lowest
 * @param {Theme} colours
 */
function drawTrace(context, place, { name, first, second }, xTicks, lowest, colours) {
  const { range, marks } = airy(extent(first, second) ?? [0, 1]);
  const box = { ...place, y: range };
  const words = { y: name.replace("effective", "eff."), x: lowest ? "step" : "", xText: lowest ? short : null };
  drawAxes(context, box, colours, { xTicks, yTicks: marks, grid: true, ...words });
  drawCurve(context, box, first, { colour: colours.first });
  drawCurve(context, box, second, { colour: colours.second, dash: DASHED });
}
