// Drawing on a canvas: axes, paths and curves. Knows numbers and colours, nothing of widgets or controls.

/**
 * A box is where a plot stands on the canvas, in CSS pixels, and what its edges mean.
 * @typedef {[x: number, y: number]} Point
 * @typedef {{ left: number, top: number, width: number, height: number, x: Interval, y: Interval }} Box
 * @typedef {Float32Array | Float64Array | number[]} Numbers
 */
/**
 * What is drawn on: an HTML canvas, or svg.js' stand-in.
 * @typedef {Omit<CanvasRenderingContext2D, "drawImage" | "canvas">} Canvas2D
 * @typedef {Pick<Canvas2D, "save" | "restore" | "translate" | "rotate" | "setTransform" | "setLineDash" | "beginPath" |
 *   "closePath" | "moveTo" | "lineTo" | "rect" | "arc" | "clip" | "stroke" | "fill" | "strokeRect" | "fillRect" |
 *   "fillText" | "strokeText" | "measureText" | "fillStyle" | "strokeStyle" | "lineWidth" | "font" | "textAlign" |
 *   "textBaseline" | "globalAlpha" | "lineJoin" | "lineCap"> &
 *   { drawImage(image: HTMLImageElement, x: number, y: number, width: number, height: number): void }} Context
 * @typedef {{ width: number, height: number, readonly clientWidth: number, readonly clientHeight: number,
 *   readonly style: { height: string }, getContext(kind: "2d"): Context | null }} Canvas
 */
/**
 * @import { Interval } from "../wire/protocol.js"
 * @import { Theme } from "./page.js"
 */

/**
 * Where `x` is on the canvas.
 * @param {Pick<Box, "left" | "width" | "x">} box
 * @param {number} x
 */
export function px(box, x) {
  return box.left + ((x - box.x[0]) / (box.x[1] - box.x[0])) * box.width;
}

/**
 * Where `y` is on the canvas.
 * @param {Pick<Box, "top" | "height" | "y">} box
 * @param {number} y
 */
export function py(box, y) {
  return box.top + box.height - ((y - box.y[0]) / (box.y[1] - box.y[0])) * box.height;
}

/**
 * Round numbers that divide an interval into at most `count` parts.
 * @param {Interval} interval
 * @param {number} count
 */
export function ticks([low, high], count) {
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((size) => size >= rough * 0.999) ?? NaN;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) found.push(i * step);
  return found;
}

/**
 * A number as a short label; 12 digits hide what binary fractions leave.
 * @param {number} value
 */
export function short(value) {
  const clean = Number(value.toPrecision(12));
  const size = Math.abs(clean);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? clean.toExponential().replace("e+", "e") : String(clean);
  return text.replaceAll("-", "−");
}

/**
 * Ten to a whole power, as people write it.
 * @param {number} exponent
 */
export function power(exponent) {
  return "10" + String(exponent).replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"["0123456789-".indexOf(sign)]);
}

/**
 * The canvas made `width` by `height` CSS pixels, sharp on any screen, and emptied; its context.
 * @param {Canvas} canvas
 * @param {number} width
 * @param {number} height
 */
export function cleared(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser gives a canvas no 2d context.");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.lineJoin = context.lineCap = "round";
  return context;
}

/**
 * Frame, ticks and grid of a plot: words for the axes, and functions that write a tick (null: no labels along x).
 * @typedef {{ xTicks: number[], yTicks: number[], x?: string, y?: string, grid?: boolean,
 *   xText?: ((value: number) => string) | null, yText?: (value: number) => string }} Axes
 */
/**
 * @param {Context} context
 * @param {Box} box
 * @param {Theme} colours
 * @param {Axes} axes
 */
export function drawAxes(context, box, colours, { xTicks, yTicks, x, y, xText = short, yText = short, grid }) {
  context.save();
  context.font = `11px ${colours.font}`;
  context.lineWidth = 1;
  context.setLineDash([]);
  for (const value of yTicks) {
    const at = Math.round(py(box, value)) + 0.5;
    if (grid) line(context, [box.left, at], [box.left + box.width, at], colours.grid);
    line(context, [box.left - 4, at], [box.left, at], colours.muted);
    write(context, yText(value), box.left - 7, at, colours.ink, "right", "middle");
  }
  for (const value of xTicks) {
    const at = Math.round(px(box, value)) + 0.5;
    if (grid) line(context, [at, box.top], [at, box.top + box.height], colours.grid);
    if (!xText) continue;
    line(context, [at, box.top + box.height], [at, box.top + box.height + 4], colours.muted);
    write(context, xText(value), at, box.top + box.height + 7, colours.ink, "center", "top");
  }
  context.strokeStyle = colours.muted;
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.width, box.height);
  if (x) write(context, x, box.left + box.width / 2, box.top + box.height + 22, colours.ink, "center", "top");
  if (y) writeUpwards(context, y, 11, box.top + box.height / 2, colours.ink);
  context.restore();
}

/**
 * @param {Context} context
 * @param {Point} from
 * @param {Point} to
 * @param {string} colour
 */
export function line(context, from, to, colour) {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {CanvasTextAlign} align
 * @param {CanvasTextBaseline} baseline
 * @param {string | null} halo the colour around the letters, which keeps them apart from lines
 */
export function write(context, text, x, y, colour, align = "left", baseline = "middle", halo = null) {
  context.textAlign = align;
  context.textBaseline = baseline;
  if (halo) {
    context.save();
    context.setLineDash([]);
    context.strokeStyle = halo;
    context.lineWidth = 4;
    context.strokeText(text, x, y);
    context.restore();
  }
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/**
 * Words along a vertical axis, about (x, y).
 * @param {Context} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
export function writeUpwards(context, words, x, y, colour) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  write(context, words, 0, 0, colour, "center", "middle");
  context.restore();
}

/**
 * The points of a path (x, y, x, y, ...) on the canvas, up to where it is no longer finite.
 * @param {Box} box
 * @param {Numbers} path
 * @param {number | null} diverged
 */
export function onCanvas(box, path, diverged) {
  const count = diverged ?? path.length / 2;
  /** @type {Point[]} */
  const points = [];
  for (let i = 0; i < count; i++) points.push([px(box, path[2 * i]), py(box, path[2 * i + 1])]);
  return points;
}

/**
 * The part of a segment that is in the box, as two points (an end that is inside comes back itself), or null.
 * Liang and Barsky's way; a canvas can't take a point at 1e30.
 * @param {Box} box
 * @param {Point} from
 * @param {Point} to
 * @returns {[Point, Point] | null}
 */
export function clipped(box, from, to) {
  const [ax, ay] = from;
  const [dx, dy] = [to[0] - ax, to[1] - ay];
  let [enter, leave] = [0, 1];
  const edges = [
    [-dx, ax - box.left],
    [dx, box.left + box.width - ax],
    [-dy, ay - box.top],
    [dy, box.top + box.height - ay],
  ];
  for (const [towards, room] of edges) {
    if (towards === 0 && room < 0) return null;
    if (towards < 0) enter = Math.max(enter, room / towards);
    if (towards > 0) leave = Math.min(leave, room / towards);
  }
  if (!(enter <= leave)) return null;
  return [
    enter === 0 ? from : [ax + enter * dx, ay + enter * dy],
    leave === 1 ? to : [ax + leave * dx, ay + leave * dy],
  ];
}

/**
 * A line through points, cut at the box; the background's colour around it keeps it apart from the contours.
 * @param {Context} context
 * @param {Box} box
 * @param {Point[]} points
 * @param {{ colour: string, halo?: string, dash?: number[], width?: number }} look
 */
export function drawPath(context, box, points, { colour, halo, dash = [], width = 2 }) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.beginPath();
  let pen = null; // the point that the line has come to
  for (let i = 1; i < points.length; i++) {
    const piece = clipped(box, points[i - 1], points[i]);
    if (!piece) continue;
    if (piece[0] !== pen) context.moveTo(...piece[0]);
    context.lineTo(...piece[1]);
    pen = piece[1];
  }
  context.setLineDash(dash);
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = width + 2.5;
    context.stroke();
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.restore();
}

/**
 * A head at `to`, pointing away from `from`.
 * @param {Context} context
 * @param {Point} from
 * @param {Point} to
 * @param {string} colour
 * @param {string} halo
 */
export function drawArrow(context, from, to, colour, halo, size = 7) {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const corners = [0, 2.55, -2.55].map((turn) => {
    const reach = turn ? size : size * 0.8;
    return /** @type {Point} */ ([reach * Math.cos(angle + turn), reach * Math.sin(angle + turn)]);
  });
  drawShape(context, to, corners, colour, halo);
}

/**
 * @param {Context} context
 * @param {Point} middle
 * @param {number} radius
 * @param {string} fill
 * @param {string} edge
 */
export function drawDot(context, [x, y], radius, fill, edge) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  drawFilled(context, fill, edge);
}

/**
 * A filled polygon about a point: its corners as they lie from there.
 * @param {Context} context
 * @param {Point} middle
 * @param {Point[]} corners
 * @param {string} fill
 * @param {string} edge
 */
export function drawShape(context, [x, y], corners, fill, edge) {
  context.beginPath();
  for (const [dx, dy] of corners) context.lineTo(x + dx, y + dy); // the first lineTo of a path moves there
  context.closePath();
  drawFilled(context, fill, edge);
}

/**
 * @param {Context} context
 * @param {Point} middle
 * @param {number} radius
 * @param {string} fill
 * @param {string} edge
 */
export function drawDiamond(context, middle, radius, fill, edge) {
  drawShape(context, middle, [[0, -radius], [radius, 0], [0, radius], [-radius, 0]], fill, edge);
}

/**
 * @param {Context} context
 * @param {Point} middle
 * @param {number} reach
 * @param {string} colour
 * @param {string} halo
 */
export function drawCross(context, [x, y], reach, colour, halo) {
  context.beginPath();
  context.moveTo(x - reach, y);
  context.lineTo(x + reach, y);
  context.moveTo(x, y - reach);
  context.lineTo(x, y + reach);
  context.strokeStyle = halo;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
}

/**
 * @param {Context} context
 * @param {string} fill
 * @param {string} edge
 */
function drawFilled(context, fill, edge) {
  context.setLineDash([]);
  context.lineWidth = 1.5;
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.fill();
  context.stroke();
}

/**
 * A curve over the steps 0, 1, 2, ...; gaps where a value is not finite.
 * @param {Context} context
 * @param {Box} box
 * @param {Numbers} values
 * @param {{ colour: string, dash?: number[], width?: number }} look
 */
export function drawCurve(context, box, values, { colour, dash = [], width = 1.75 }) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top - 1, box.width, box.height + 2);
  context.clip();
  context.beginPath();
  let pen = false;
  values.forEach((value, step) => {
    if (!Number.isFinite(value)) pen = false;
    else if (pen) context.lineTo(px(box, step), py(box, value));
    else {
      context.moveTo(px(box, step), py(box, value));
      pen = true;
    }
  });
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.restore();
}

/**
 * The least and the greatest of some curves' finite values, or null where there is none.
 * @param {...Numbers} curves
 * @returns {Interval | null}
 */
export function extent(...curves) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves)
    for (const value of curve)
      if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
  return low <= high ? [low, high] : null;
}

/**
 * The range of an axis with a little air above and below some values, and three round numbers on it, or more.
 * @param {Interval} extent
 * @returns {{ range: Interval, marks: number[] }}
 */
export function airy([low, high]) {
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  /** @type {Interval} */
  const range = [low - air, high + air];
  const few = ticks(range, 3);
  return { range, marks: few.length > 1 ? few : ticks(range, 5) };
}

/**
 * The range of an axis over whole powers of ten; its values are decimal logarithms.
 * @param {Interval} extent
 * @returns {Interval}
 */
export function decades([low, high]) {
  return [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)];
}
