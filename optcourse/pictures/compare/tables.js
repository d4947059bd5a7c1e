// The tables of `compare`: the standing at a step, and the losses at some steps.

import { make, figure } from "../engine/page.js";
import { cleared, line } from "../engine/drawing.js";
import { drawMarker } from "../engine/paths.js";
import { lossWords, outside, over, places, someSteps } from "./scene.js";

/**
 * @import { Theme } from "../engine/page.js"
 * @import { Track } from "../engine/paths.js"
 * @import { Scene } from "./scene.js"
 */

/**
 * @param {HTMLTableElement} table
 * @param {Scene} scene
 */
export function buildStanding(table, scene) {
  const heads = ["place", "rule", "loss", ...(scene.optimum ? ["distance to the minimum"] : []), "1/1000* at step"];
  const rows = scene.entrants.map((one) =>
    make(
      "tr",
      {},
      make("td"),
      make("th", { scope: "row" }, make("canvas", { class: "ocp-swatch", "aria-hidden": "true" }), make("span", {}, one.label), make("small", {}, one.told)),
      ...heads.slice(2).map(() => make("td")),
    ),
  );
  table.replaceChildren(
    make("caption"),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows),
  );
}

/**
 * @param {HTMLTableElement} table
 * @param {Scene} scene
 * @param {number} step
 */
export function fillStanding(table, scene, step) {
  if (table.caption) table.caption.textContent = `Standing at step ${step}`;
  const placed = places(scene, step);
  scene.entrants.forEach((one, i) => {
    const cells = [...table.tBodies[0].rows[i].cells];
    const arrived = one.arrived !== null && one.arrived <= step ? String(one.arrived) : step === scene.steps ? "not reached" : "not yet";
    const distance = one.distance ? [over(one, step) ? "–" : figure(one.distance[step])] : [];
    const texts = [over(one, step) ? "–" : String(placed[i]), null, lossWords(one, step), ...distance, arrived];
    texts.forEach((text, column) => text !== null && (cells[column].textContent = text));
    if (outside(scene, one, step)) cells[2].append(make("small", {}, "outside the picture"));
  });
}

/**
 * A sample of each line with its marker, in the table.
 * @param {HTMLTableElement} table
 * @param {Track[]} tracks
 * @param {Theme} colours
 */
export function drawSwatches(table, tracks, colours) {
  table.querySelectorAll("canvas").forEach((canvas, i) => {
    const context = cleared(canvas, 46, 16);
    const track = tracks[i];
    context.lineWidth = 2;
    context.setLineDash(track.dash);
    line(context, [1, 8], [45, 8], track.colour);
    drawMarker(context, track.marker, [23, 8], 5, track.colour, colours.paper);
  });
}

/**
 * Some twenty steps with each loss.
 * @param {Scene} scene
 */
export function lossTable(scene) {
  const head = make("tr", {}, make("th", { scope: "col" }, "step"), ...scene.entrants.map((one) => make("th", { scope: "col" }, one.label)));
  const rows = someSteps(scene.steps).map((step) =>
    make("tr", {}, make("th", { scope: "row" }, String(step)), ...scene.entrants.map((one) => make("td", {}, over(one, step) ? "diverged" : figure(one.loss[step])))),
  );
  return make("table", { class: "ocp-table" }, make("caption", {}, "Loss after each step"), make("thead", {}, head), make("tbody", {}, ...rows));
}
