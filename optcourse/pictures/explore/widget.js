// The front end of `explore`: asks the kernel for a picture where the controls stand and draws the answer; a slider
// whose strip is at hand draws from that, and asks when it comes to rest.

import { drawSurface, stepNear } from "../engine/surface.js";
import { drawCurves, stepAt } from "./curves.js";
import { freshId, heightBeside, listening, pointOn, theme, whenLooksChange } from "../engine/page.js";
import { build, place, nearest } from "./controls.js";
import { cursorParts, showStep } from "./cursor.js";
import { decoded } from "./frame.js";
import { explorerParts, describe } from "./parts.js";
import { grabStart } from "./start.js";
import { stripKeeper, stripFrame } from "./strips.js";
import { savingRow } from "../engine/download.js";

/**
 * @import { ExplorerState, Preset, Standing } from "../wire/protocol.js"
 * @import { Canvas } from "../engine/drawing.js"
 * @import { Model } from "../engine/page.js"
 * @import { Shown } from "./frame.js"
 */

const PATIENCE = 4000; // milliseconds without an answer before we say so
const REST = 700; // milliseconds of rest before a change is announced
const PAUSE = 120; // milliseconds of rest before a key press from a strip is followed by the kernel's own picture
const NEAR = 24; // pixels around a step of the path that point at it

/** @param {{ model: Model<ExplorerState>, el: HTMLElement }} view */
function render({ model, el }) {
  const id = freshId();
  const background = new Image();
  const after = clock();
  /** @type {Shown} */
  let frame = decoded(model.get("frame"));
  let values = { ...frame.values };
  let asked = frame.serial;
  let held = false; // whether a pointer holds a slider
  /** @type {number | null} */
  let looked = null; // the step that is looked at; null is the end, with no mark

  /** @param {Standing} wanted @param {{ preset?: Preset }} extra */
  const ask = (wanted, extra = {}) => {
    values = wanted;
    asked += 1;
    after.not("rest");
    model.set("asked", { serial: asked, values, ...extra });
    model.save_changes();
    after("silence", PATIENCE, () => (parts.silence.hidden = false));
  };
  const last = () => frame.path.length / 2 - 1;
  const shown = () => (looked === null ? frame : { ...frame, cursor: Math.min(looked, last()) });
  /** @param {Canvas} surface @param {Canvas} curves */
  const drawOn = (surface, curves) => {
    const colours = theme(parts.root);
    drawSurface(surface, shown(), background, colours);
    drawCurves(curves, shown(), heightBeside(parts.surface, parts.curves), colours);
  };
  const draw = () => {
    drawOn(parts.surface, parts.curves);
    showStep(cursor, shown(), shown().cursor ?? last());
  };
  /** @param {number | null} step */
  const lookAt = (step) => {
    if (step === null) return;
    looked = step;
    draw();
  };
  const cursor = cursorParts(id, lookAt);
  const saving = savingRow(() => ({
    canvases: [parts.surface, parts.curves], redraw: drawOn, title: parts.title.textContent, description: frame.summary,
    paper: theme(parts.root).paper,
  }));
  const parts = explorerParts(id, cursor.root, saving);
  parts.curves.addEventListener("pointermove", (event) => lookAt(stepAt(parts.curves, frame, event.clientX)));
  parts.surface.addEventListener("pointermove", (event) =>
    lookAt(stepNear(parts.surface.clientWidth, frame, pointOn(parts.surface, event), NEAR)),
  );
  const strips = stripKeeper(model, ({ slider, refused = "" }) => {
    parts.root.dataset.strip = refused ? "" : slider;
    parts.way.textContent = refused && `Each picture comes from the kernel, one at a time: ${refused}.`;
    parts.way.hidden = !refused;
  });
  /** @param {EventTarget | null} target what has the focus, or is pointed at */
  const wantStrip = (target) => {
    const name = target instanceof HTMLInputElement ? target.name : "";
    if (model.get("controls").some((one) => one.name === name && one.kind === "slider" && one.swept)) strips.want(name, values);
  };
  const answer = () => {
    const arrived = decoded(model.get("frame"));
    const late = arrived.serial < asked;
    if (late && frame.rough) return; // a strip has drawn something newer
    frame = arrived;
    asked = Math.max(asked, frame.serial);
    if (!late) {
      after.not("silence");
      parts.silence.hidden = true;
      values = { ...frame.values };
      place(rows, model.get("controls"), values);
      after("strip", PAUSE, () => wantStrip(parts.controls.querySelector("input:focus")));
    }
    describe(parts, frame);
    after("announcement", REST, () => (parts.live.textContent = `${frame.note} ${frame.outcome}`));
    draw();
  };
  const rows = build(parts.controls, model.get("controls"), id, {
    slid(name, value, index) {
      const wanted = { ...values, [name]: value };
      const strip = strips.at(name, wanted);
      if (!strip) return ask(wanted);
      values = wanted;
      asked += 1; // an answer to anything earlier comes too late
      frame = stripFrame(strip, index, value, frame);
      parts.outcome.classList.add("ocp-stale");
      after.not("rest");
      draw();
    },
    chosen(name, value) {
      const local = model.get("controls").filter((one) => one.kind === "slider" && one.local);
      ask(without({ ...values, [name]: value }, local.map((one) => one.name)));
    },
    rested() {
      if (frame.rough) after("rest", held ? 0 : PAUSE, () => ask(values));
    },
  });
  const paint = () => void (background.src = model.get("background"));

  background.onload = draw;
  place(rows, model.get("controls"), values);
  parts.controls.addEventListener("focusin", (event) => wantStrip(event.target));
  parts.controls.addEventListener("pointerdown", (event) => {
    held = true;
    wantStrip(event.target);
  });
  for (const end of ["pointerup", "pointercancel"])
    parts.controls.addEventListener(end, () => setTimeout(() => (held = false))); // after the slider's own change
  parts.reset.onclick = () => {
    looked = null;
    ask({});
  };
  for (const one of parts.presets.querySelectorAll("button"))
    one.onclick = () => ask(values, { preset: /** @type {Preset} */ (one.value) });
  parts.presets.hidden = !model.get("controls").some((one) => one.name === "lr");
  parts.copy.onclick = async () => {
    await navigator.clipboard.writeText(frame.code);
    parts.live.textContent = "Copied.";
  };
  grabStart(parts.surface, () => frame, (point) => {
    const [x, y] = ["x", "y"].map((name, i) => nearest(rows.get(name)?.positions ?? [], point[i]));
    ask({ ...values, x, y });
  });
  describe(parts, frame);
  el.append(parts.root);
  paint();
  const unheard = listening(model, { "change:frame": answer, "change:background": paint });
  const forget = whenLooksChange(parts.root, draw);

  return () => {
    unheard();
    forget();
    strips.close();
    after.nothing();
  };
}

/** Timers by name: a new one of a name takes the place of the last. */
function clock() {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  const timers = new Map();
  /** @param {string} name */
  const not = (name) => clearTimeout(timers.get(name));
  /** @param {string} name @param {number} wait milliseconds @param {() => void} act */
  const after = (name, wait, act) => {
    not(name);
    timers.set(name, setTimeout(act, wait));
  };
  return Object.assign(after, { not, nothing: () => timers.forEach(clearTimeout) });
}

/**
 * Values without those of some names.
 * @param {Standing} values
 * @param {string[]} names
 */
function without(values, names) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

export default { render };
