// Several paths over one surface, up to a step; and the markers that tell them apart beside their colours.

import { write, onCanvas, clipped, drawPath, drawArrow, drawDot, drawDiamond, drawCross, drawShape } from "./drawing.js";
import { planeBox, drawPlane, inside, distance } from "./plane.js";
import { placeOf } from "./surface.js";

/**
 * @import { View } from "../wire/protocol.js"
 * @import { Box, Canvas, Context, Point } from "./drawing.js"
 * @import { Theme } from "./page.js"
 * @import { Plane } from "./surface.js"
 * @typedef {{ path: Float32Array, diverged: number | null, colour: string, dash: number[], marker: string }} Track
 */

const TRAIL = 90; // pixels of path between two markers
const HEAD = 6.5; // half the size of the marker at a path's head

/**
 * Where the plot stands on a canvas of this width; the canvas' height follows from it.
 * @param {number} width
 * @param {View} view
 */
export function pathsBox(width, view) {
  return planeBox(width, view, 46);
}

/**
 * The contours with each track drawn as far as `step`.
 * @param {Canvas} canvas
 * @param {Plane & { tracks: Track[], step: number }} scene
 * @param {HTMLImageElement} background
 * @param {Theme} colours
 */
export function drawPaths(canvas, { view, axes, optimum, tracks, step }, background, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const box = pathsBox(width, view);
  const context = drawPlane(canvas, box, axes, background, colours);
  const minimum = placeOf(box, optimum);
  const heads = tracks.map((track) => {
    const upTo = track.path.subarray(0, 2 * (step + 1));
    const points = onCanvas(box, upTo, track.diverged === null ? null : Math.min(track.diverged, step + 1));
    return drawTrack(context, box, points, track, colours);
  });
  if (minimum) drawCross(context, minimum, 7, colours.ink, colours.paper);
  const [start] = onCanvas(box, tracks[0].path, 1);
  drawDot(context, start, 4.5, colours.paper, colours.ink);
  heads.forEach((drawHead) => drawHead()); // above all lines
  context.font = `600 12px ${colours.font}`;
  /** @param {Point} place @param {string} words @param {number} up */
  const label = ([x, y], words, up) => {
    const half = context.measureText(words).width / 2 + 3;
    const within = Math.min(Math.max(x, box.left + half), box.left + box.width - half);
    write(context, words, within, y + up, colours.ink, "center", "middle", colours.paper);
  };
  if (minimum) label(minimum, "minimum", 20);
  label(start, "start", -18);
}

/**
 * A path; what comes after it has left the picture for good is thin. Returns what draws its head.
 * @param {Context} context
 * @param {Box} box
 * @param {Point[]} points
 * @param {Track} track
 * @param {Theme} colours
 */
function drawTrack(context, box, points, { colour, dash, marker }, colours) {
  const last = points.findLastIndex((point) => inside(box, point));
  const out = last < points.length - 1;
  const seen = points.slice(0, last + (out ? 2 : 1));
  drawPath(context, box, points.slice(last + 1), { colour, width: 0.5 });
  drawPath(context, box, seen, { colour, dash, halo: colours.paper });
  let since = TRAIL / 2;
  for (let i = 1; i < seen.length; i++) {
    since += Math.min(distance(seen[i - 1], seen[i]), TRAIL);
    if (since < TRAIL || !inside(box, seen[i])) continue;
    drawMarker(context, marker, seen[i], 3.2, colour, colours.paper);
    since = 0;
  }
  const edge = out && clipped(box, points[last], points[last + 1]);
  if (!edge) return () => drawMarker(context, marker, points[last], HEAD, colour, colours.paper);
  return () => {
    drawMarker(context, marker, edge[0], HEAD, colour, colours.paper);
    drawArrow(context, edge[0], edge[1], colour, colours.paper, 12);
  };
}

const ARM = 0.42; // half the width of a cross' arm
/**
 * The corners of the shapes that have some, in units of their size.
 * @type {Record<string, Point[]>}
 */
const SHAPES = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  triangle: [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]],
  wedge: [[0, 1.15], [1.1, -0.85], [-1.1, -0.85]],
  cross: [[ARM, 1], [ARM, ARM], [1, ARM], [1, -ARM], [ARM, -ARM], [ARM, -1], [-ARM, -1], [-ARM, -ARM], [-1, -ARM], [-1, ARM],
    [-ARM, ARM], [-ARM, 1]],
};

/**
 * A filled shape about a point, `reach` pixels to each side.
 * @param {Context} context
 * @param {string} shape
 * @param {Point} middle
 * @param {number} reach
 * @param {string} fill
 * @param {string} edge
 */
export function drawMarker(context, shape, middle, reach, fill, edge) {
  if (shape === "circle") return drawDot(context, middle, reach, fill, edge);
  if (shape === "diamond") return drawDiamond(context, middle, reach * 1.2, fill, edge);
  const corners = SHAPES[shape].map(([x, y]) => /** @type {Point} */ ([x * reach, y * reach]));
  drawShape(context, middle, corners, fill, edge);
}
