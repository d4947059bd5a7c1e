// The curves beside the surface: the loss, the gradient and each part of the state, over the same steps.

import { px, ticks, short, power, cleared, drawAxes, drawCurve, extent, line, write } from "../engine/drawing.js";

const CURVES_MARGIN = { left: 80, right: 12, top: 22, bottom: 40 }; // left: −1.5e300 beside a name
const BETWEEN = 16; // pixels between two plots

const SOLID = [];
const DASHED = [6, 4];

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
  if (frame.traces.some((trace) => trace.second.some(Number.isFinite))) drawLegend(context, boxes[1], frame.axes, colours);
  if (frame.cursor === undefined) return;
  context.setLineDash([]);
  context.lineWidth = 1.5;
  const x = px(boxes[0], frame.cursor);
  for (const box of boxes) line(context, [x, box.top], [x, box.top + box.height], colours.ink);
}

// The step that the pointer is over.
export function stepAt(canvas, frame, clientX) {
  const last = frame.loss.length - 1;
  const width = canvas.clientWidth - CURVES_MARGIN.left - CURVES_MARGIN.right;
  const share = (clientX - canvas.getBoundingClientRect().left - CURVES_MARGIN.left) / width;
  return Math.min(last, Math.max(0, Math.round(share * last)));
}

// One box for the loss and one for each trace, from the top down; the loss is twice as high as the others.
function stacked(width, height, frame) {
  const parts = 2 + frame.traces.length;
  const room = height - CURVES_MARGIN.top - CURVES_MARGIN.bottom - BETWEEN * (frame.traces.length + 1);
  const x = [0, Math.max(1, frame.loss.length - 1)];
  let top = 8;
  return [frame.loss, ...frame.traces].map((_, i) => {
    const tall = (i === 0 ? 2 : 1) * (room / parts);
    const box = { left: CURVES_MARGIN.left, top, width: width - CURVES_MARGIN.left - CURVES_MARGIN.right, height: tall, x };
    top += tall + BETWEEN * (i === 0 ? 2 : 1);
    return box;
  });
}

// Losses come as powers of ten, so the axis runs over whole powers.
function drawLoss(context, box, frame, xTicks, colours) {
  const [low, high] = extent(frame.loss, frame.ghost_loss ?? []) ?? [0, 1];
  box.y = [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)];
  const yTicks = ticks(box.y, 4).filter(Number.isInteger);
  drawAxes(context, box, colours, { xTicks, yTicks, xText: null, yText: power, y: "loss", grid: true });
  if (frame.ghost_loss) drawCurve(context, box, frame.ghost_loss, { colour: colours.ink, dash: DASHED });
  drawCurve(context, box, frame.loss, { colour: colours.path, width: 2 });
}

function drawTrace(context, box, trace, xTicks, lowest, colours) {
  const [low, high] = extent(trace.first, trace.second) ?? [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  box.y = [low - room, high + room];
  const xText = lowest ? short : null;
  const few = ticks(box.y, 3);
  const yTicks = few.length > 1 ? few : ticks(box.y, 5);
  const axes = { xTicks, yTicks, xText, y: trace.name.replace("effective", "eff."), x: lowest ? "step" : "", grid: true };
  drawAxes(context, box, colours, axes);
  drawCurve(context, box, trace.first, { colour: colours.first, dash: SOLID });
  drawCurve(context, box, trace.second, { colour: colours.second, dash: DASHED });
}

function drawLegend(context, box, [first, second], colours) {
  context.font = `11px ${colours.font}`;
  context.lineWidth = 2;
  const y = box.top - 10;
  let x = box.left + box.width;
  for (const [words, colour, dash] of [[second, colours.second, DASHED], [first, colours.first, SOLID]]) {
    x -= context.measureText(words).width;
    write(context, words, x, y, colours.ink);
    context.setLineDash(dash);
    line(context, [x - 30, y], [x - 6, y], colour);
    context.setLineDash([]);
    x -= 46;
  }
}
