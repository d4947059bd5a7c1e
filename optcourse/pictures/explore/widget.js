// The front end of `explore`: asks the kernel for a picture where the controls stand and draws the answer; a slider
// whose strip is at hand draws from that, and asks when it comes to rest.

import { px, py } from "../engine/drawing.js";
import { surfaceBox, drawSurface, stepNear } from "../engine/surface.js";
import { drawCurves, stepAt } from "./curves.js";
import { make, control, numbers, whenLooksChange } from "../engine/page.js";
import { build, place, nearest } from "./controls.js";
import { cursorParts, showStep } from "./cursor.js";
import { stripKeeper, stripFrame } from "./strips.js";
import { saveButtons } from "../engine/download.js";

const PATIENCE = 4000; // milliseconds without an answer before we say so
const REST = 700; // milliseconds of rest before a change is announced
const PAUSE = 120; // milliseconds of rest before a key press from a strip is followed by the kernel's own picture
const NEAR = 24; // pixels around a step of the path that point at it
const PRESETS = { small: "too small", best: "just right", large: "too large" };
const GRIP = 28; // pixels around the start that take hold of it

function render({ model, el }) {
  const id = `optcourse-explorer-${Math.random().toString(36).slice(2)}`; // not counted: each widget has a copy of this module
  const parts = skeleton(id);
  const background = new Image();
  let frame = decoded(model.get("frame"));
  let values = { ...frame.values };
  let asked = frame.serial;
  let held = false; // whether a pointer holds a slider
  let looked = null; // the step that is looked at; null is the end, with no mark
  const timers = {};

  const after = (name, wait, act) => {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(act, wait);
  };
  const ask = (wanted, extra = {}) => {
    values = wanted;
    asked += 1;
    clearTimeout(timers.rest);
    model.set("asked", { serial: asked, values, ...extra });
    model.save_changes();
    after("silence", PATIENCE, () => (parts.silence.hidden = false));
  };
  const last = () => frame.path.length / 2 - 1;
  const shown = () => (looked === null ? frame : { ...frame, cursor: Math.min(looked, last()) });
  const drawOn = (surface, curves) => {
    const colours = coloursOf(parts.root);
    drawSurface(surface, shown(), background, colours);
    const beside = parts.curves.offsetTop === parts.surface.offsetTop;
    drawCurves(curves, shown(), beside ? parts.surface.clientHeight : 0, colours);
  };
  const draw = () => {
    drawOn(parts.surface, parts.curves);
    showStep(cursor, shown(), shown().cursor ?? last());
  };
  const lookAt = (step) => {
    if (step === null) return;
    looked = step;
    draw();
  };
  const cursor = cursorParts(id, lookAt);
  parts.surface.after(cursor.root);
  parts.curves.addEventListener("pointermove", (event) => lookAt(stepAt(parts.curves, frame, event.clientX)));
  parts.surface.addEventListener("pointermove", ({ clientX, clientY }) => {
    const edge = parts.surface.getBoundingClientRect();
    lookAt(stepNear(parts.surface.clientWidth, frame, [clientX - edge.left, clientY - edge.top], NEAR));
  });
  const strips = stripKeeper(model, ({ slider, refused = "" }) => {
    parts.root.dataset.strip = refused ? "" : slider;
    parts.way.textContent = refused && `Each picture comes from the kernel, one at a time: ${refused}.`;
    parts.way.hidden = !refused;
  });
  const wantStrip = (slider) => {
    const wanted = model.get("controls").find((one) => one.name === slider);
    if (wanted?.swept) strips.want(slider, values);
  };
  const answer = () => {
    const arrived = decoded(model.get("frame"));
    const late = arrived.serial < asked;
    if (late && frame.rough) return; // a strip has drawn something newer
    frame = arrived;
    asked = Math.max(asked, frame.serial);
    if (!late) {
      clearTimeout(timers.silence);
      parts.silence.hidden = true;
      values = { ...frame.values };
      place(parts.controls, model.get("controls"), values);
      after("strip", PAUSE, () => wantStrip(parts.controls.querySelector("input:focus")?.name));
    }
    describe(parts, frame);
    after("announcement", REST, () => (parts.live.textContent = `${frame.note} ${frame.outcome}`));
    draw();
  };
  const moved = (name, value, index) => {
    const wanted = { ...values, [name]: value };
    const strip = index === undefined ? null : strips.at(name, wanted);
    if (strip) {
      values = wanted;
      asked += 1; // an answer to anything earlier comes too late
      frame = stripFrame(strip, index, value, frame);
      parts.outcome.classList.add("oc-stale");
      clearTimeout(timers.rest);
      draw();
      return;
    }
    const local = index === undefined ? model.get("controls").filter((one) => one.local) : [];
    for (const { name } of local) delete wanted[name];
    ask(wanted);
  };
  const rested = () => {
    if (frame.rough) after("rest", held ? 0 : PAUSE, () => ask(values));
  };
  const paint = () => (background.src = model.get("background"));

  background.onload = draw;
  build(parts.controls, model.get("controls"), id, moved, rested);
  place(parts.controls, model.get("controls"), values);
  parts.controls.addEventListener("focusin", (event) => wantStrip(event.target.name));
  parts.controls.addEventListener("pointerdown", (event) => {
    held = true;
    wantStrip(event.target.name);
  });
  for (const end of ["pointerup", "pointercancel"])
    parts.controls.addEventListener(end, () => setTimeout(() => (held = false))); // after the slider's own change
  parts.reset.onclick = () => {
    looked = null;
    ask({});
  };
  for (const button of parts.presets.querySelectorAll("button")) button.onclick = () => ask(values, { preset: button.value });
  parts.presets.hidden = !model.get("controls").some((one) => one.name === "lr");
  parts.copy.onclick = async () => {
    await navigator.clipboard.writeText(frame.code);
    parts.live.textContent = "Copied.";
  };
  parts.saving.append(
    ...saveButtons(() => {
      const [title, description] = [parts.title.textContent, frame.summary];
      return { canvases: [parts.surface, parts.curves], redraw: drawOn, title, description, paper: coloursOf(parts.root).paper };
    }, "oc-button"),
  );
  grabStart(parts.surface, () => frame, (x, y) => {
    const [inX, inY] = ["x", "y"].map((name) => model.get("controls").find((one) => one.name === name));
    ask({ ...values, x: nearest(inX.positions, x), y: nearest(inY.positions, y) });
  });
  describe(parts, frame);
  el.append(parts.root);
  paint();
  model.on("change:frame", answer);
  model.on("change:background", paint);
  const forget = whenLooksChange(parts.root, draw);

  return () => {
    model.off("change:frame", answer);
    model.off("change:background", paint);
    forget();
    strips.close();
    Object.values(timers).forEach(clearTimeout);
  };
}

function skeleton(id) {
  const parts = {
    title: make("h4", { class: "oc-title", id: `${id}-title` }),
    said: make("p", { class: "oc-about", role: "status" }),
    note: make("p", { class: "oc-note" }),
    about: make("p", { class: "oc-about" }),
    surface: make("canvas", { class: "oc-surface", role: "img" }),
    curves: make("canvas", { class: "oc-curves", role: "img" }),
    outcome: make("p", { class: "oc-outcome" }),
    way: make("p", { class: "oc-way", role: "status" }),
    silence: make("p", { class: "oc-silence", role: "status" }),
    live: make("p", { class: "oc-live", "aria-live": "polite" }),
    controls: make("div", { class: "oc-controls" }),
    reset: button("Reset"),
    presets: make("span", { class: "oc-presets", role: "group", "aria-label": "presets of lr" }, "lr:"),
    code: make("code"),
    copy: button("Copy"),
    saving: make("div", { class: "oc-saving" }),
  };
  for (const [value, words] of Object.entries(PRESETS)) parts.presets.append(button(words, { value }));
  parts.silence.textContent = "The kernel does not answer: wait if it is busy, or run this cell again to move the picture.";
  parts.silence.hidden = parts.way.hidden = true;
  parts.root = make(
    "section",
    { class: "oc-explorer", "aria-labelledby": `${id}-title` },
    make(
      "div",
      { class: "oc-layout" },
      make("header", { class: "oc-head" }, parts.title, parts.presets, parts.reset, parts.said, parts.note, parts.about),
      parts.surface,
      make("div", { class: "oc-panel" }, parts.outcome, parts.way, parts.silence, parts.controls, make("div", { class: "oc-code" }, parts.code, parts.copy), parts.saving),
      parts.curves,
    ),
    parts.live,
  );
  return parts;
}

function button(words, attributes = {}) {
  return control("button", { class: "oc-button", type: "button", ...attributes }, words);
}

// Words for what is drawn, to be seen and to be read out.
function describe(parts, frame) {
  parts.title.textContent = `${frame.title} on: ${frame.problem}`;
  parts.note.textContent = frame.note;
  parts.note.hidden = !frame.note;
  parts.note.classList.toggle("oc-right", Boolean(frame.right));
  parts.said.textContent = frame.said;
  parts.said.hidden = !frame.said;
  parts.about.textContent = frame.about;
  parts.about.hidden = !frame.about;
  parts.code.textContent = frame.code;
  parts.outcome.textContent = frame.outcome.replaceAll("->", "→");
  parts.outcome.classList.remove("oc-stale");
  parts.surface.setAttribute("aria-label", `Contours of the loss and the path over them. ${frame.summary}`);
  const traces = frame.traces.map((trace) => trace.name).join(", ");
  parts.curves.setAttribute("aria-label", `Curves over the steps: loss, ${traces}. ${frame.outcome}`);
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
    const both = Array.from(numbers(data), (value) => value * 10 ** power);
    return { name, first: both.filter((_, i) => i % 2 === 0), second: both.filter((_, i) => i % 2 === 1) };
  });
  const [path, loss] = [numbers(frame.path), numbers(frame.loss)];
  const [ghost, ghost_loss] = [frame.ghost, frame.ghost_loss].map((data) => data && numbers(data));
  return { ...frame, path, loss, ghost, ghost_loss, traces };
}

// The theme's colours, which widget.css chooses.
function coloursOf(root) {
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--oc-${name}`).trim();
  return {
    font: style.fontFamily,
    ...Object.fromEntries(["ink", "muted", "grid", "paper", "path", "first", "second"].map((name) => [name, colour(name)])),
  };
}

export default { render };
