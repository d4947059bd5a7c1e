// The front end of `landscape`: the map of all cells is here; the path of the chosen one comes from the kernel.

import {
  make, control, freshId, heightBeside, listening, liveLine, openedTable, pointOn, silenceLine, theme, whenLooksChange, announcer,
  asker,
} from "../engine/page.js";
import { drawPaths } from "../engine/paths.js";
import { savingRow } from "../engine/download.js";
import { drawHeat } from "./heat.js";
import { cellAt, cellWords, decodedCell, decodedMap, heatBox, positionOn } from "./map.js";

/**
 * @import { AxisData, LandscapeState, Measure } from "../wire/protocol.js"
 * @import { Canvas } from "../engine/drawing.js"
 * @import { Model } from "../engine/page.js"
 * @import { HeatMap, Place } from "./map.js"
 * @typedef {ReturnType<typeof landscapeParts>} LandscapeParts
 */

/** @type {Record<Measure, string>} */
const MEASURES = { loss: "final loss above the minimum", steps: "steps to a thousandth of the first loss" };

/** @param {{ model: Model<LandscapeState>, el: HTMLElement }} view */
function render({ model, el }) {
  const map = decodedMap(model.get("grid"));
  let cell = decodedCell(model.get("cell"));
  const measure = () => /** @type {Measure} */ (parts.measure.value);
  const details = openedTable("The map as a table", () => heatTable(map, measure()));
  const saving = savingRow(() => ({
    canvases: [parts.heat, parts.surface], redraw: drawOn, title: map.title,
    description: `${map.summary}\nShown: ${cell.words}`, paper: theme(parts.root).paper,
  }));
  const parts = landscapeParts(freshId(), map, details, saving);
  const background = new Image();
  const announce = announcer(parts.live);
  /** @type {ReturnType<typeof asker<Place>>} */
  const kernel = asker(model, parts.silence);
  let chosen = { row: cell.row, column: cell.column }; // ahead of `cell` until the kernel has answered

  /** @param {Canvas} heat @param {Canvas} surface */
  const drawOn = (heat, surface) => {
    const colours = theme(parts.root);
    const track = { ...cell, colour: colours.path, dash: [], marker: "circle" };
    drawPaths(surface, { ...cell, tracks: [track], step: cell.path.length / 2 - 1 }, background, colours);
    const height = heightBeside(parts.surface, parts.heat) || parts.heat.clientWidth * 0.8;
    drawHeat(heat, height, map, measure(), chosen, colours);
  };
  const draw = () => drawOn(parts.heat, parts.surface);
  const place = () => {
    parts.x.stand(chosen.column);
    parts.y.stand(chosen.row);
  };
  /** @param {Place} wanted */
  const choose = ({ row, column }) => {
    if (row === chosen.row && column === chosen.column) return;
    chosen = { row, column };
    place();
    draw();
    kernel.ask(chosen);
  };
  const describe = () => {
    parts.words.textContent = cell.words;
    parts.surface.setAttribute("aria-label", `Contours of the loss and the path of the chosen cell. ${cell.words}`);
  };
  const answer = () => {
    const next = model.get("cell");
    if (!kernel.answered(next.serial)) return;
    cell = decodedCell(next);
    chosen = { row: cell.row, column: cell.column };
    place();
    describe();
    draw();
    announce(cell.words);
  };
  const repaint = () => void (background.src = model.get("background"));

  parts.x.input.oninput = () => choose({ ...chosen, column: Number(parts.x.input.value) });
  parts.y.input.oninput = () => choose({ ...chosen, row: Number(parts.y.input.value) });
  parts.measure.value = map.show;
  parts.measure.onchange = () => {
    nameHeat(parts, map, measure());
    details.open = false;
    draw();
  };
  parts.heat.onpointerdown = parts.heat.onpointermove = (event) => {
    const box = heatBox(parts.heat.clientWidth, parts.heat.clientHeight);
    const found = event.buttons & 1 ? cellAt(box, map, pointOn(parts.heat, event)) : null;
    if (found) choose(found);
  };
  nameHeat(parts, map, measure());
  el.append(parts.root);
  place();
  describe();
  draw();
  background.onload = draw;
  repaint();
  const unheard = listening(model, { "change:background": repaint, "change:cell": answer });
  const forget = whenLooksChange(parts.root, draw);
  return () => {
    forget();
    announce.stop();
    kernel.stop();
    unheard();
  };
}

/**
 * @param {string} id
 * @param {HeatMap} map
 * @param {HTMLElement} details
 * @param {HTMLElement} saving
 */
function landscapeParts(id, map, details, saving) {
  const options = Object.entries(MEASURES).map(([value, words]) => make("option", { value }, words));
  const parts = {
    heat: make("canvas", { role: "img", class: "ocp-heat" }),
    surface: make("canvas", { role: "img" }),
    words: make("p", { class: "ocp-words" }),
    x: axisSlider(`${id}-x`, map.x),
    y: axisSlider(`${id}-y`, map.y),
    measure: control("select", { id: `${id}-measure` }, ...options),
    key: make("p", { class: "ocp-small" }),
    silence: silenceLine("run this cell again to see other paths."),
    live: liveLine(),
  };
  const root = make(
    "section",
    { class: "ocp ocp-landscape", "aria-labelledby": `${id}-title` },
    make("h4", { class: "ocp-title", id: `${id}-title` }, map.title),
    ...(map.note ? [make("p", { class: "ocp-note" }, map.note)] : []),
    make("div", { class: "ocp-pair" }, parts.heat, parts.surface),
    parts.key,
    parts.words,
    make(
      "div",
      { class: "ocp-choice" },
      parts.x.row,
      parts.y.row,
      make("div", { class: "ocp-control" }, make("label", { for: `${id}-measure` }, "colour shows"), parts.measure),
    ),
    parts.silence,
    make("p", { class: "ocp-small" }, map.about),
    details,
    saving,
    parts.live,
  );
  return { ...parts, root };
}

/**
 * A slider along one axis of the map.
 * @param {string} id
 * @param {AxisData} axis
 */
function axisSlider(id, axis) {
  const input = control("input", { id, type: "range", min: 0, max: axis.values.length - 1, step: 1 });
  const output = make("output", { for: id });
  const row = make("div", { class: "ocp-control" }, make("label", { for: id }, `cell's ${axis.label}`), output, input);
  /** @param {number} at */
  const stand = (at) => {
    const words = positionOn(axis, at);
    input.value = String(at);
    input.setAttribute("aria-valuetext", words);
    output.textContent = words;
  };
  return { input, row, stand };
}

/**
 * What the map shows and how to read it, in words.
 * @param {LandscapeParts} parts
 * @param {HeatMap} map
 * @param {Measure} measure
 */
function nameHeat(parts, map, measure) {
  parts.heat.setAttribute(
    "aria-label",
    `Map of the ${MEASURES[measure]} over ${map.x.label} and ${map.y.label}; the two sliders choose a cell. ${map.summary}`,
  );
  parts.key.textContent =
    "○ best, □ chosen, × diverges: ends higher than it began, or in no finite number" +
    (measure === "steps" ? `, – not reached in ${map.steps} steps` : "") + ". Click on a cell, or move its sliders.";
}

/**
 * The whole map in figures.
 * @param {HeatMap} map
 * @param {Measure} measure
 */
function heatTable(map, measure) {
  const { x, y } = map;
  const heads = [`${y.label} \\ ${x.label}`, ...x.values.map((_, column) => positionOn(x, column))];
  const rows = y.values.map((_, row) => {
    const cells = x.values.map((_, column) => make("td", {}, cellWords(map, measure, row * x.values.length + column)));
    return make("tr", {}, make("th", { scope: "row" }, positionOn(y, row)), ...cells);
  });
  return make(
    "table",
    { class: "ocp-table" },
    make("caption", {}, MEASURES[measure]),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.reverse()),
  );
}

export default { render };
