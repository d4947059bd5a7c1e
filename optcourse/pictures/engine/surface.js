// The picture of the surface: contours, the path with its direction and its ends, and the reference's ghost.

import { px, py, line, write, onCanvas, clipped, drawPath, drawArrow, drawDot, drawDiamond, drawCross } from "./drawing.js";
import { planeBox, drawPlane, inside, distance } from "./plane.js";

/**
 * @import { View } from "../wire/protocol.js"
 * @import { Box, Canvas, Context, Numbers, Point } from "./drawing.js"
 * @import { Theme } from "./page.js"
 * @typedef {{ view: View, axes: [string, string], optimum: number[] | null }} Plane
 * @typedef {Plane & { path: Numbers, diverged: number | null, ghost: Numbers | null, cursor?: number }} Surface
 */

const APART = 30; // pixels between two points that get a label each

/**
 * Where the plot stands on a canvas of this width; the canvas' height follows from it.
 * @param {number} width
 * @param {View} view
 */
export function surfaceBox(width, view) {
  return planeBox(width, view, 52);
}

/**
 * @param {Canvas} canvas
 * @param {Surface} frame
 * @param {HTMLImageElement} background
 * @param {Theme} colours
 */
export function drawSurface(canvas, frame, background, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const box = surfaceBox(width, frame.view);
  const context = drawPlane(canvas, box, frame.axes, background, colours);
  const optimum = placeOf(box, frame.optimum);
  if (optimum) drawCross(context, optimum, 7, colours.ink, colours.paper);
  const ghost = onCanvas(box, frame.ghost ?? [], null).filter((point) => point.every(Number.isFinite));
  drawPath(context, box, ghost, { colour: colours.ink, dash: [7, 6] });
  const points = onCanvas(box, frame.path, frame.diverged);
  const gone = leaves(box, points); // from there on a thin line may still cross the picture
  const seen = gone === null ? points : points.slice(0, gone + 1);
  drawPath(context, box, points.slice(seen.length - 1), { colour: colours.path, width: 0.5 });
  drawPath(context, box, seen, { colour: colours.path, halo: colours.paper });
  drawDirection(context, box, seen, colours);
  const end = drawEnd(context, box, seen, frame.diverged, colours);
  drawDot(context, points[0], 6, colours.paper, colours.path);
  if (frame.cursor !== undefined) drawUpdate(context, box, points, frame.cursor, colours);
  context.font = `600 12px ${colours.font}`;
  /** @param {Point} at @param {string} words */
  const say = (at, words) => writeBeside(context, box, at, words, [...seen, ...ghost], colours);
  if (optimum) say(optimum, "minimum");
  const stays = end.words === "end" && distance(points[0], end.at) <= APART;
  if (stays) say(end.at, "start and end");
  else if (end.words !== "end" || !optimum || distance(end.at, optimum) > APART) say(end.at, end.words);
  if (distance(points[0], end.at) > APART) say(points[0], "start");
}

/**
 * A place of the plane on the canvas.
 * @param {Box} box
 * @param {ArrayLike<number> | null} place
 * @returns {Point | null}
 */
export function placeOf(box, place) {
  return place && [px(box, place[0]), py(box, place[1])];
}

/**
 * The update of one step: an arrow, its two parts along the axes, and a ring where it arrives.
 * @param {Context} context
 * @param {Box} box
 * @param {Point[]} points
 * @param {number} step
 * @param {Theme} colours
 */
function drawUpdate(context, box, points, step, colours) {
  const to = points[step];
  if (!to) return; // no finite number there
  const from = points[Math.max(0, step - 1)];
  const way = clipped(box, from, to);
  /** @type {Point} */
  const corner = [to[0], from[1]];
  context.setLineDash([3, 3]);
  context.lineWidth = 1.5;
  for (const piece of [clipped(box, from, corner), clipped(box, corner, to)])
    if (piece) line(context, ...piece, colours.ink);
  context.setLineDash([]);
  context.lineWidth = 3;
  if (way && distance(from, to) > 1) {
    line(context, ...way, colours.ink);
    drawArrow(context, ...way, colours.ink, colours.paper, 9);
  }
  if (inside(box, to)) drawDot(context, to, 5, colours.paper, colours.ink);
}

/**
 * The step of a path nearest to a place on the canvas, or null where none is within `reach` pixels.
 * @param {number} width
 * @param {Pick<Surface, "view" | "path" | "diverged">} frame
 * @param {Point} place
 * @param {number} reach
 */
export function stepNear(width, frame, place, reach) {
  const points = onCanvas(surfaceBox(width, frame.view), frame.path, frame.diverged);
  const away = points.map((point) => distance(point, place));
  const least = Math.min(...away);
  return least <= reach ? away.indexOf(least) : null;
}

/**
 * A dot for each step where steps are wide enough to be told apart (so their spacing shows the speed), and
 * an arrow head every so often.
 * @param {Context} context
 * @param {Box} box
 * @param {Point[]} points
 * @param {Theme} colours
 */
function drawDirection(context, box, points, colours) {
  let since = 35;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    const length = distance(from, to);
    if (inside(box, to) && length > 4) drawDot(context, to, 2.2, colours.path, colours.path);
    since += Math.min(length, 70);
    /** @type {Point} */
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    if (since < 70 || length < 1 || !inside(box, middle)) continue;
    drawArrow(context, from, middle, colours.path, colours.paper);
    since = 0;
  }
}

/**
 * The first step of a path that is outside for good, or null where it ends inside.
 * @param {Box} box
 * @param {Point[]} points
 */
export function leaves(box, points) {
  const last = points.findLastIndex((point) => inside(box, point));
  return last === points.length - 1 ? null : last + 1;
}

/**
 * The mark where a path ends, leaves the picture or is no longer finite; where that is, and the word for it.
 * @param {Context} context
 * @param {Box} box
 * @param {Point[]} points
 * @param {number | null} diverged
 * @param {Theme} colours
 */
function drawEnd(context, box, points, diverged, colours) {
  const last = points.length - 1;
  const out = last > 0 && !inside(box, points[last]) && clipped(box, points[last - 1], points[last]);
  if (out) { // a path that starts outside for good has no step that leaves
    drawArrow(context, points[last - 1], out[1], colours.path, colours.paper, 12);
    return { at: out[1], words: `leaves the picture at step ${last}` };
  }
  if (diverged !== null) {
    drawCross(context, points[last], 8, colours.path, colours.paper);
    return { at: points[last], words: `no finite number at step ${diverged}` };
  }
  drawDiamond(context, points[last], 6, colours.path, colours.paper);
  return { at: points[last], words: "end" };
}

/**
 * Words near a point: within the box, and where they cover least of the lines through `taken`.
 * @param {Context} context
 * @param {Box} box
 * @param {Point} point
 * @param {string} words
 * @param {Point[]} taken
 * @param {Theme} colours
 */
function writeBeside(context, box, [x, y], words, taken, colours) {
  const half = context.measureText(words).width / 2 + 4;
  const places = [[0, -19], [0, 19], [0, -34], [0, 34], [half + 10, 0], [-half - 10, 0]].map(([across, down]) => [
    Math.min(Math.max(x + across, box.left + half), box.left + box.width - half),
    Math.min(Math.max(y + down, box.top + 10), box.top + box.height - 10),
  ]);
  const covered = places.map(([cx, cy]) => taken.filter(([a, b]) => Math.abs(a - cx) < half && Math.abs(b - cy) < 9).length);
  const [cx, cy] = places[covered.indexOf(Math.min(...covered))];
  write(context, words, cx, cy, colours.ink, "center", "middle", colours.paper);
}
