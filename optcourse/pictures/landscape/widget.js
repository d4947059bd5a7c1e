// The front end of `landscape`: the map of all cells is here; the path of the chosen one comes from the kernel.

import { ticks, short, power, cleared, write } from "../engine/drawing.js";
import { make, control, numbers, theme, whenLooksChange, announcer, asker, figure, digits } from "../engine/page.js";
import { drawPaths } from "../engine/paths.js";
import { saveButtons } from "../engine/download.js";

const HEAT_MARGIN = { left: 58, right: 74, top: 10, bottom: 40 };
const BAR = { gap: 10, width: 13 }; // the colour bar at the map's right
const MEASURES = { loss: "final loss above the minimum", steps: "steps to a thousandth of the first loss" };

function render({ model, el }) {
  const id = `optcourse-landscape-${Math.random().toString(36).slice(2)}`; // not counted: each widget has a copy of this module
  const map = decodedMap(model.get("grid"));
  const parts = landscapeFrame(id, map);
  const background = new Image();
  const announce = announcer(parts.live);
  const kernel = asker(model, parts.silence);
  let cell = decodedCell(model.get("cell"));
  let chosen = { row: cell.row, column: cell.column }; // ahead of `cell` until the kernel has answered

  const drawOn = (heat, surface) => {
    const colours = theme(parts.root);
    const track = { ...cell, colour: colours.path, dash: [], marker: "circle" };
    drawPaths(surface, { ...cell, tracks: [track], step: cell.path.length / 2 - 1 }, background, colours);
    const beside = parts.heat.offsetTop === parts.surface.offsetTop;
    drawHeat(heat, beside ? parts.surface.clientHeight : parts.heat.clientWidth * 0.8, map, parts.measure.value, chosen, colours);
  };
  const draw = () => drawOn(parts.heat, parts.surface);
  const place = () => {
    for (const [slider, axis, at] of [[parts.x, map.x, chosen.column], [parts.y, map.y, chosen.row]]) {
      const words = digits(axis.values[at]);
      slider.input.value = at;
      slider.input.setAttribute("aria-valuetext", words);
      slider.output.textContent = words;
    }
  };
  const choose = (row, column) => {
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
  const repaint = () => (background.src = model.get("background"));

  parts.x.input.oninput = () => choose(chosen.row, Number(parts.x.input.value));
  parts.y.input.oninput = () => choose(Number(parts.y.input.value), chosen.column);
  parts.measure.value = map.show;
  parts.measure.onchange = () => {
    nameHeat(parts, map);
    parts.details.open = false;
    draw();
  };
  parts.heat.onpointerdown = parts.heat.onpointermove = (event) => {
    const found = event.buttons & 1 && cellAt(parts.heat, map, event);
    if (found) choose(...found);
  };
  parts.saving.append(
    ...saveButtons(() => {
      const description = `${map.summary}\nShown: ${cell.words}`;
      return { canvases: [parts.heat, parts.surface], redraw: drawOn, title: map.title, description, paper: theme(parts.root).paper };
    }, "ocp-button"),
  );
  fillHeatTable(parts, map);
  nameHeat(parts, map);
  el.append(parts.root);
  place();
  describe();
  draw();
  background.onload = draw;
  repaint();
  model.on("change:background", repaint);
  model.on("change:cell", answer);
  const forget = whenLooksChange(parts.root, draw);
  return () => {
    forget();
    announce.stop();
    kernel.stop();
    model.off("change:background", repaint);
    model.off("change:cell", answer);
  };
}

function landscapeFrame(id, map) {
  const slider = (name, axis) => {
    const own = `${id}-${name}`;
    return {
      label: make("label", { for: own }, `cell's ${axis.label}`),
      input: control("input", { id: own, type: "range", min: 0, max: axis.values.length - 1, step: 1 }),
      output: make("output", { for: own }),
    };
  };
  const options = Object.entries(MEASURES).map(([value, words]) => make("option", { value }, words));
  const parts = {
    heat: make("canvas", { role: "img", class: "ocp-heat" }),
    surface: make("canvas", { role: "img" }),
    words: make("p", { class: "ocp-words" }),
    x: slider("x", map.x),
    y: slider("y", map.y),
    measure: control("select", { id: `${id}-measure` }, ...options),
    key: make("p", { class: "ocp-small" }),
    silence: make("p", { class: "ocp-silence", role: "status" }, "The kernel does not answer: run this cell again to see other paths."),
    details: make("details", { class: "ocp-details" }, control("summary", {}, "The map as a table")),
    saving: make("div", { class: "ocp-saving" }),
    live: make("p", { class: "ocp-live", "aria-live": "polite" }),
  };
  parts.silence.hidden = true;
  const row = ({ label, input, output }) => make("div", { class: "ocp-control" }, label, output, input);
  parts.root = make(
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
      row(parts.x),
      row(parts.y),
      make("div", { class: "ocp-control" }, make("label", { for: `${id}-measure` }, "colour shows"), parts.measure),
    ),
    parts.silence,
    make("p", { class: "ocp-small" }, map.about),
    parts.details,
    parts.saving,
    parts.live,
  );
  return parts;
}

// What the map shows and how to read it, in words.
function nameHeat(parts, map) {
  const steps = parts.measure.value === "steps";
  parts.heat.setAttribute(
    "aria-label",
    `Map of the ${MEASURES[parts.measure.value]} over ${map.x.label} and ${map.y.label}; the two sliders choose a cell. ${map.summary}`,
  );
  parts.key.textContent =
    "○ best, □ chosen, × diverges: ends higher than it began, or in no finite number" +
    (steps ? `, – not reached in ${map.steps} steps` : "") + ". Click on a cell, or move its sliders.";
}

function heatBox(width, height) {
  return {
    ...HEAT_MARGIN,
    width: width - HEAT_MARGIN.left - HEAT_MARGIN.right,
    height: height - HEAT_MARGIN.top - HEAT_MARGIN.bottom,
  };
}

// The value of a cell, and the sign of one that has none.
function cellValue(map, measure, i) {
  if (map.lost[i]) return { sign: "×" };
  if (measure === "loss") return { value: map.final[i] };
  return map.arrived[i] < 0 ? { sign: "–" } : { value: map.arrived[i] };
}

function drawHeat(canvas, height, map, measure, chosen, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const context = cleared(canvas, width, height);
  const box = heatBox(width, height);
  const [columns, rows] = [map.x.values.length, map.y.values.length];
  const [wide, high] = [box.width / columns, box.height / rows];
  const corner = (row, column) => [box.left + column * wide, box.top + box.height - (row + 1) * high].map(Math.round);
  const [low, top] = map.ends[measure];
  const colourOf = (value) => {
    const part = (value - low) / (top - low);
    return map.heat[Math.min(map.heat.length - 1, Math.max(0, Math.floor(part * map.heat.length)))];
  };
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [left, above] = corner(row, column);
      const { value, sign } = cellValue(map, measure, row * columns + column);
      context.fillStyle = sign ? colours.grid : colourOf(value);
      const [right, below] = corner(row - 1, column + 1); // whole pixels, so that no seams show
      context.fillRect(left, above, right - left, below - above);
      if (sign) drawSign(context, sign, left + wide / 2, above + high / 2, Math.min(wide, high) * 0.22, colours.muted);
    }
  drawHeatAxes(context, box, map, colours);
  drawBar(context, box, map, measure, [low, top], colourOf, colours);
  const [bestLeft, bestTop] = corner(...map.best);
  for (const [thick, colour] of [[4, "#ffffff"], [1.75, "#000000"]]) {
    context.lineWidth = thick;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(bestLeft + wide / 2, bestTop + high / 2, Math.min(wide, high) * 0.36, 0, 2 * Math.PI);
    context.stroke();
  }
  const [left, above] = corner(chosen.row, chosen.column);
  for (const [thick, colour] of [[6, "#000000"], [3, "#ffffff"]]) {
    context.lineWidth = thick;
    context.strokeStyle = colour;
    context.strokeRect(left - 1, above - 1, wide + 2, high + 2);
  }
}

function drawSign(context, sign, x, y, reach, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.beginPath();
  for (const tilt of sign === "×" ? [-1, 1] : [0]) {
    context.moveTo(x - reach, y - tilt * reach);
    context.lineTo(x + reach, y + tilt * reach);
  }
  context.stroke();
}

// Round numbers along an axis, with the part of its length at which they stand (cells' middles have the values).
function heatTicks({ values, scale }) {
  const [low, high] = [values[0], values.at(-1)];
  const [from, to] = scale === "log" ? [Math.log10(low), Math.log10(high)] : [low, high];
  const at = (value) => (0.5 + ((value - from) / (to - from)) * (values.length - 1)) / values.length;
  const marks = ticks([from, to], 5).filter((mark) => scale !== "log" || Number.isInteger(mark));
  return marks.map((mark) => ({ part: at(mark), words: short(scale === "log" ? 10 ** mark : mark) }));
}

function drawHeatAxes(context, box, map, colours) {
  context.font = `11px ${colours.font}`;
  context.lineWidth = 1;
  context.strokeStyle = colours.muted;
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.width, box.height);
  context.beginPath();
  for (const { part, words } of heatTicks(map.x)) {
    const x = Math.round(box.left + part * box.width) + 0.5;
    context.moveTo(x, box.top + box.height);
    context.lineTo(x, box.top + box.height + 4);
    write(context, words, x, box.top + box.height + 7, colours.ink, "center", "top");
  }
  for (const { part, words } of heatTicks(map.y)) {
    const y = Math.round(box.top + (1 - part) * box.height) + 0.5;
    context.moveTo(box.left - 4, y);
    context.lineTo(box.left, y);
    write(context, words, box.left - 7, y, colours.ink, "right", "middle");
  }
  context.stroke();
  write(context, map.x.label, box.left + box.width / 2, box.top + box.height + 22, colours.ink, "center", "top");
  writeUpwards(context, map.y.label, 8, box.top + box.height / 2, colours.ink);
}

// The colour scale at the right: its label, and numbers with their unit.
function drawBar(context, box, map, measure, [low, top], colourOf, colours) {
  const left = box.left + box.width + BAR.gap;
  const slices = map.heat.length;
  for (let i = 0; i < slices; i++) {
    context.fillStyle = colourOf(low + ((i + 0.5) / slices) * (top - low));
    context.fillRect(left, box.top + box.height * (1 - (i + 1) / slices), BAR.width, box.height / slices + 0.5);
  }
  context.lineWidth = 1;
  context.strokeStyle = colours.muted;
  context.strokeRect(left + 0.5, box.top + 0.5, BAR.width, box.height);
  let marks = ticks([low, top], 5);
  if (measure === "loss" && top - low > 2) marks = marks.filter(Number.isInteger);
  for (const mark of marks) {
    const y = box.top + box.height * (1 - (mark - low) / (top - low));
    const words = measure === "steps" ? short(mark) : Number.isInteger(mark) ? power(mark) : digits(10 ** mark);
    write(context, words, left + BAR.width + 4, y, colours.ink, "left", "middle");
  }
  writeUpwards(context, measure === "steps" ? "steps to a thousandth" : "final loss above the minimum", left + BAR.width + 42, box.top + box.height / 2, colours.ink);
}

function writeUpwards(context, words, x, y, colour) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  write(context, words, 0, 0, colour, "center", "middle");
  context.restore();
}

// The row and column under a pointer, or null beside the map.
function cellAt(canvas, map, event) {
  const box = heatBox(canvas.clientWidth, canvas.clientHeight);
  const edge = canvas.getBoundingClientRect();
  const [columns, rows] = [map.x.values.length, map.y.values.length];
  const column = Math.floor(((event.clientX - edge.left - box.left) / box.width) * columns);
  const row = rows - 1 - Math.floor(((event.clientY - edge.top - box.top) / box.height) * rows);
  return column >= 0 && column < columns && row >= 0 && row < rows ? [row, column] : null;
}

// The whole map in figures, made when it is opened.
function fillHeatTable(parts, map) {
  const { details, measure } = parts;
  details.ontoggle = () => {
    details.querySelector("div")?.remove();
    if (!details.open) return;
    const columns = map.x.values.length;
    const words = (i) => {
      const { value, sign } = cellValue(map, measure.value, i);
      if (sign) return sign === "×" ? "diverges" : "not reached";
      return measure.value === "steps" ? String(value) : value <= -8.9999 ? "below 1e−9" : figure(value);
    };
    const head = make("tr", {}, make("th", { scope: "col" }, `${map.y.label} \\ ${map.x.label}`), ...map.x.values.map((value) => make("th", { scope: "col" }, digits(value))));
    const rows = map.y.values.map((value, row) =>
      make("tr", {}, make("th", { scope: "row" }, digits(value)), ...map.x.values.map((_, column) => make("td", {}, words(row * columns + column)))),
    );
    const table = make("table", { class: "ocp-table" }, make("caption", {}, MEASURES[measure.value]), make("thead", {}, head), make("tbody", {}, ...rows.reverse()));
    details.append(control("div", { class: "ocp-scroll", tabindex: 0, role: "region", "aria-label": "The map as a table" }, table));
  };
}

function decodedMap(map) {
  return { ...map, final: numbers(map.final), arrived: numbers(map.arrived), lost: numbers(map.lost) };
}

function decodedCell(cell) {
  return { ...cell, path: numbers(cell.path), words: cell.words.replaceAll("->", "→") };
}

export default { render };
