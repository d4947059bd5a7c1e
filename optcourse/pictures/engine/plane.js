// The plane that pictures of a surface share: where it stands on a canvas, its contours and axes.

import { cleared, drawAxes, ticks } from "./drawing.js";

/**
 * @import { Interval, View } from "../wire/protocol.js"
 * @import { Box, Canvas, Point } from "./drawing.js"
 * @import { Theme } from "./page.js"
 */

const SHAPE = 3 / 4; // height over width, as the background has it
const PLANE_MARGIN = { right: 10, top: 10, bottom: 40 };

/**
 * Where the plane stands on a canvas of this width; the canvas' height follows from it.
 * @param {number} width
 * @param {View} view
 * @param {number} left pixels for what is written along the vertical axis
 * @returns {Box}
 */
export function planeBox(width, [x, y], left) {
  const across = width - left - PLANE_MARGIN.right;
  return { left, top: PLANE_MARGIN.top, width: across, height: across * SHAPE, x, y };
}

/**
 * The canvas with contours and axes alone; its context.
 * @param {Canvas} canvas
 * @param {Box} box
 * @param {[x: string, y: string]} names
 * @param {HTMLImageElement} background
 * @param {Theme} colours
 */
export function drawPlane(canvas, box, [x, y], background, colours) {
  const context = cleared(canvas, canvas.clientWidth, box.height + PLANE_MARGIN.top + PLANE_MARGIN.bottom);
  if (background.complete && background.naturalWidth)
    context.drawImage(background, box.left, box.top, box.width, box.height);
  drawAxes(context, box, colours, { xTicks: ticks(box.x, 6), yTicks: ticks(box.y, 6), x, y });
  return context;
}

/**
 * @param {Box} box
 * @param {Point} point
 */
export function inside(box, [x, y]) {
  return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
}

/**
 * @param {Point} from
 * @param {Point} to
 */
export function distance([ax, ay], [bx, by]) {
  return Math.hypot(bx - ax, by - ay);
}
