// The start of the path, taken hold of on the canvas.

import { px, py } from "../engine/drawing.js";
import { pointOn } from "../engine/page.js";
import { surfaceBox } from "../engine/surface.js";

/**
 * @import { Box, Point } from "../engine/drawing.js"
 * @import { Shown } from "./frame.js"
 */

const GRIP = 28; // pixels around the start that take hold of it

/**
 * The place of the plane under a point of the canvas, or null beside the plot.
 * @param {Box} box
 * @param {Point} point
 * @returns {Point | null}
 */
export function placeAt(box, [left, top]) {
  const across = (left - box.left) / box.width;
  const up = (box.top + box.height - top) / box.height;
  if (Math.min(across, up) < 0 || Math.max(across, up) > 1) return null;
  return [box.x[0] + across * (box.x[1] - box.x[0]), box.y[0] + up * (box.y[1] - box.y[0])];
}

/**
 * A click puts the start there; so does dragging it. On a touch screen the page still scrolls elsewhere.
 * @param {HTMLCanvasElement} canvas
 * @param {() => Shown} frameNow
 * @param {(place: Point) => void} moved
 */
export function grabStart(canvas, frameNow, moved) {
  const boxNow = () => surfaceBox(canvas.clientWidth, frameNow().view);
  /** @param {{ clientX: number, clientY: number }} pointer */
  const isNear = (pointer) => {
    const [box, [left, top], { path }] = [boxNow(), pointOn(canvas, pointer), frameNow()];
    return Math.hypot(left - px(box, path[0]), top - py(box, path[1])) < GRIP;
  };
  /** @param {MouseEvent} event */
  const moveTo = (event) => {
    const place = placeAt(boxNow(), pointOn(canvas, event));
    if (place) moved(place);
  };
  let held = false;
  canvas.addEventListener("touchstart", (event) => isNear(event.touches[0]) && event.preventDefault(), { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    held = isNear(event);
    if (held) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    canvas.style.cursor = held ? "grabbing" : isNear(event) ? "grab" : "crosshair";
    if (held) moveTo(event);
  });
  canvas.addEventListener("pointerup", () => (held = false));
  canvas.addEventListener("pointercancel", () => (held = false));
  canvas.addEventListener("click", moveTo);
}
