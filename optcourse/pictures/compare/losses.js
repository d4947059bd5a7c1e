// The losses over the steps: faint beyond the step that is shown, with a marker each at that step.

import { px, py, ticks, power, cleared, decades, drawAxes, drawCurve, drawArrow, extent, line } from "../engine/drawing.js";
import { drawMarker } from "../engine/paths.js";

/**
 * @import { Box, Canvas, Context } from "../engine/drawing.js"
 * @import { Theme } from "../engine/page.js"
 * @import { Track } from "../engine/paths.js"
 * @import { Entrant, Scene } from "./scene.js"
 */

const LOSSES_MARGIN = { left: 54, right: 12, top: 10, bottom: 40 };
const LEAST = -10; // losses below 1e-10 are drawn off the bottom
const ABOVE = 3; // and those a thousand times the first one, off the top

/**
 * @param {number} width
 * @param {number} height
 * @param {Pick<Scene, "steps" | "entrants">} scene
 * @returns {Box}
 */
export function lossesBox(width, height, { steps, entrants }) {
  const { left, right, top, bottom } = LOSSES_MARGIN;
  const [least, most] = extent(...entrants.map((one) => one.loss)) ?? [0, 1];
  const first = entrants[0].loss[0];
  const y = decades([Math.max(least, LEAST), Math.min(most, Number.isFinite(first) ? first + ABOVE : ABOVE)]);
  return { left, top, width: width - left - right, height: height - top - bottom, x: [0, steps], y };
}

/**
 * @param {Canvas} canvas
 * @param {number} height
 * @param {Scene & { tracks: (Entrant & Track)[], step: number }} scene
 * @param {Theme} colours
 */
export function drawLosses(canvas, height, scene, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const context = cleared(canvas, width, height);
  const box = lossesBox(width, height, scene);
  const { step, tracks } = scene;
  const [xTicks, yTicks] = [ticks(box.x, 5), ticks(box.y, 6)].map((found) => found.filter(Number.isInteger));
  drawAxes(context, box, colours, { xTicks, yTicks, yText: power, x: "step", y: "loss", grid: true });
  for (const track of tracks) drawUpTo(context, box, track, step, colours);
  const x = Math.round(px(box, step)) + 0.5;
  context.lineWidth = 1;
  context.setLineDash([]);
  line(context, [x, box.top], [x, box.top + box.height], colours.muted);
  for (const track of tracks) {
    const at = track.loss[step];
    if (at >= box.y[0] && at <= box.y[1])
      drawMarker(context, track.marker, [px(box, step), py(box, at)], 5.5, track.colour, colours.paper);
  }
}

/**
 * One loss, with an arrow where it leaves the plot upwards.
 * @param {Context} context
 * @param {Box} box
 * @param {Entrant & Track} track
 * @param {number} step
 * @param {Theme} colours
 */
function drawUpTo(context, box, { loss, colour, dash }, step, colours) {
  context.globalAlpha = 0.3;
  drawCurve(context, box, loss, { colour, dash });
  context.globalAlpha = 1;
  drawCurve(context, box, loss.subarray(0, step + 1), { colour, dash, width: 2 });
  const high = loss.findIndex((one) => one > box.y[1]);
  if (high < 1 || high > step) return;
  const x = px(box, high);
  drawArrow(context, [x, box.top + 20], [x, box.top + 6], colour, colours.paper, 9);
}

/**
 * The step under a pointer on the loss curves.
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 * @param {{ clientX: number }} pointer
 */
export function lossesStep(canvas, scene, { clientX }) {
  const box = lossesBox(canvas.clientWidth, canvas.clientHeight, scene);
  return ((clientX - canvas.getBoundingClientRect().left - box.left) / box.width) * scene.steps;
}
