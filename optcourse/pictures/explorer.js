// The front end of `explore`: builds the controls, asks the kernel for a picture where they stand, draws the answer.

import { px, py } from "./drawing.js";
import { surfaceBox, drawSurface } from "./surface.js";
import { drawCurves } from "./curves.js";

const PATIENCE = 4000; // milliseconds without an answer before we say so
const REST = 700; // milliseconds of rest before a change is announced
const GRIP = 28; // pixels around the start that take hold of it

let made = 0; // widgets on this page, for ids that are theirs alone

function render({ model, el }) {
  const id = `optcourse-explorer-${++made}`;
  const parts = skeleton(id);
  const background = new Image();
  let frame = decoded(model.get("frame"));
  let values = { ...frame.values };
  let asked = frame.serial;
  let impatience = null;
  let announcement = null;

  const ask = (wanted) => {
    values = wanted;
    asked = Math.max(asked, frame.serial) + 1;
    model.set("asked", { serial: asked, values });
    model.save_changes();
    clearTimeout(impatience);
    impatience = setTimeout(() => (parts.silence.hidden = false), PATIENCE);
  };
  const draw = () => {
    const colours = coloursOf(parts.root);
    drawSurface(parts.surface, frame, background, colours);
    const beside = parts.curves.offsetTop === parts.surface.offsetTop;
    drawCurves(parts.curves, frame, beside ? parts.surface.clientHeight : 0, colours);
  };
  const answer = () => {
    frame = decoded(model.get("frame"));
    if (frame.serial >= asked) {
      clearTimeout(impatience);
      parts.silence.hidden = true;
      values = { ...frame.values };
      place(parts.controls, model.get("controls"), values);
    }
    describe(parts, frame);
    clearTimeout(announcement);
    announcement = setTimeout(() => (parts.live.textContent = `${frame.note} ${frame.outcome}`), REST);
    draw();
  };
  const paint = () => (background.src = model.get("background"));

  background.onload = draw;
  build(parts.controls, model.get("controls"), id, (name, value, drop) => {
    const kept = Object.entries(values).filter(([key]) => !drop.includes(key));
    ask({ ...Object.fromEntries(kept), [name]: value });
  });
  place(parts.controls, model.get("controls"), values);
  parts.reset.onclick = () => ask({});
  grabStart(parts.surface, () => frame, (x, y) => {
    const [inX, inY] = ["x", "y"].map((name) => model.get("controls").find((control) => control.name === name));
    ask({ ...values, x: nearest(inX.positions, x), y: nearest(inY.positions, y) });
  });
  describe(parts, frame);
  el.append(parts.root);
  paint();
  model.on("change:frame", answer);
  model.on("change:background", paint);
  const resized = new ResizeObserver(draw);
  resized.observe(parts.root);
  const themed = new MutationObserver(() => setTimeout(draw, 100));
  themed.observe(document.body, { attributes: true });

  return () => {
    model.off("change:frame", answer);
    model.off("change:background", paint);
    resized.disconnect();
    themed.disconnect();
    clearTimeout(impatience);
    clearTimeout(announcement);
  };
}

// An element with attributes and children; a child may be text.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function skeleton(id) {
  const parts = {
    title: element("h4", { class: "oc-title", id: `${id}-title` }),
    note: element("p", { class: "oc-note" }),
    surface: element("canvas", { class: "oc-surface", role: "img" }),
    curves: element("canvas", { class: "oc-curves", role: "img" }),
    outcome: element("p", { class: "oc-outcome" }),
    silence: element("p", { class: "oc-silence", role: "status" }),
    live: element("p", { class: "oc-live", "aria-live": "polite" }),
    controls: element("div", { class: "oc-controls" }),
    reset: element("button", { class: "oc-reset", type: "button", "data-lm-suppress-shortcuts": "true" }, "Reset"),
  };
  parts.silence.textContent = "The kernel does not answer: run this cell again to move the picture.";
  parts.silence.hidden = true;
  parts.root = element(
    "section",
    { class: "oc-explorer", "aria-labelledby": `${id}-title` },
    element(
      "div",
      { class: "oc-layout" },
      element("header", { class: "oc-head" }, parts.title, parts.reset, parts.note),
      parts.surface,
      element("div", { class: "oc-panel" }, parts.outcome, parts.silence, parts.controls),
      parts.curves,
    ),
    parts.live,
  );
  return parts;
}

// Words for what is drawn, to be seen and to be read out.
function describe(parts, frame) {
  parts.title.textContent = `${frame.title} on: ${frame.problem}`;
  parts.note.textContent = frame.note;
  parts.note.hidden = !frame.note;
  parts.outcome.textContent = frame.outcome;
  parts.surface.setAttribute("aria-label", `Contours of the loss and the path over them. ${frame.summary}`);
  const traces = frame.traces.map((trace) => trace.name).join(", ");
  parts.curves.setAttribute("aria-label", `Curves over the steps: loss, ${traces}. ${frame.outcome}`);
}

// One labelled native control for each entry; `moved(name, value, drop)` is told of each change.
function build(into, controls, id, moved) {
  for (const control of controls) {
    const own = `${id}-${control.name}`;
    const attributes = { id: own, name: control.name, "aria-describedby": `${own}-meaning`, "data-lm-suppress-shortcuts": "true" };
    const input =
      control.kind === "menu"
        ? element("select", attributes, ...control.options.map(([value, words]) => element("option", { value }, words)))
        : element("input", { ...attributes, type: "range", min: 0, step: 1 });
    const row = element(
      "div",
      { class: "oc-control", "data-name": control.name },
      element("label", { for: own }, control.label),
      element("output", { for: own }),
      input,
      element("small", { id: `${own}-meaning` }),
    );
    input.addEventListener("input", () => {
      if (control.kind === "menu") {
        moved(control.name, input.value, controls.filter((other) => other.local).map((other) => other.name));
      } else {
        const value = JSON.parse(row.dataset.positions)[Number(input.value)];
        showPosition(row, value);
        moved(control.name, value, []);
      }
    });
    into.append(row);
  }
}

// Put the controls where `values` says; their ranges may have changed with the problem.
function place(into, controls, values) {
  for (const control of controls) {
    const row = into.querySelector(`[data-name="${control.name}"]`);
    const input = row.querySelector("input, select");
    row.hidden = control.hidden;
    row.querySelector("small").textContent = control.meaning;
    if (control.kind === "menu") {
      input.value = values[control.name];
      continue;
    }
    row.dataset.positions = JSON.stringify(control.positions);
    input.max = control.positions.length - 1;
    input.value = control.positions.indexOf(nearest(control.positions, values[control.name]));
    showPosition(row, values[control.name]);
  }
}

function showPosition(row, value) {
  const words = String(Number(value.toPrecision(4)));
  row.querySelector("output").textContent = words;
  row.querySelector("input").setAttribute("aria-valuetext", words);
}

function nearest(positions, value) {
  return positions.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}

// A click puts the start there; so does dragging it. On a touch screen the page still scrolls elsewhere.
function grabStart(canvas, frameNow, moved) {
  const boxNow = () => surfaceBox(canvas.clientWidth, frameNow().view);
  const isNear = (event) => {
    const box = boxNow();
    const edge = canvas.getBoundingClientRect();
    const [x, y] = frameNow().path;
    return Math.hypot(event.clientX - edge.left - px(box, x), event.clientY - edge.top - py(box, y)) < GRIP;
  };
  const moveTo = (event) => {
    const box = boxNow();
    const edge = canvas.getBoundingClientRect();
    const across = (event.clientX - edge.left - box.left) / box.width;
    const up = (box.top + box.height - (event.clientY - edge.top)) / box.height;
    if (Math.min(across, up) < 0 || Math.max(across, up) > 1) return;
    moved(box.x[0] + across * (box.x[1] - box.x[0]), box.y[0] + up * (box.y[1] - box.y[0]));
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

// The frame with its bytes as numbers.
function decoded(frame) {
  const traces = frame.traces.map(({ name, power, data }) => {
    const both = Array.from(floats(data), (value) => value * 10 ** power);
    return { name, first: both.filter((_, i) => i % 2 === 0), second: both.filter((_, i) => i % 2 === 1) };
  });
  const [path, loss] = [floats(frame.path), floats(frame.loss)];
  const [ghost, ghost_loss] = [frame.ghost, frame.ghost_loss].map((data) => data && floats(data));
  return { ...frame, path, loss, ghost, ghost_loss, traces };
}

// A copy, as the bytes need not lie where a Float32Array may begin.
function floats(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// The theme's colours, which explorer.css chooses.
function coloursOf(root) {
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--oc-${name}`).trim();
  return {
    font: style.fontFamily,
    ...Object.fromEntries(["ink", "muted", "grid", "paper", "path", "first", "second"].map((name) => [name, colour(name)])),
  };
}

export default { render };
