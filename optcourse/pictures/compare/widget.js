// The front end of `compare`: plays what the kernel sent once; asks it only where a learning rate is moved.

import {
  make, button, control, freshId, heightBeside, listening, liveLine, silenceLine, theme, whenLooksChange, announcer, asker, digits,
  openedTable,
} from "../engine/page.js";
import { drawPaths } from "../engine/paths.js";
import { savingRow } from "../engine/download.js";
import { drawLosses, lossesStep } from "./losses.js";
import { decodedScene, lossWords } from "./scene.js";
import { buildStanding, drawSwatches, fillStanding, lossTable } from "./tables.js";

/**
 * @import { ComparisonState } from "../wire/protocol.js"
 * @import { Canvas } from "../engine/drawing.js"
 * @import { Model } from "../engine/page.js"
 * @import { Scene } from "./scene.js"
 * @typedef {ReturnType<typeof comparisonParts>} ComparisonParts
 */

const PACE = 0.12; // seconds for a step, where there are few
const LONGEST_PLAY = 8; // seconds for all of them
const JUMPS = 8; // where motion is to be reduced, it plays in so many still pictures, one a second

/** @param {{ model: Model<ComparisonState>, el: HTMLElement }} view */
function render({ model, el }) {
  let scene = decodedScene(model.get("scene"));
  const saving = savingRow(() => ({
    canvases: [parts.surface, parts.losses], redraw: drawOn, title: parts.title.textContent,
    description: `${scene.summary}\n${words()}`, paper: theme(parts.root).paper,
  }));
  const details = openedTable("The losses as a table", () => lossTable(scene));
  const parts = comparisonParts(freshId(), details, saving);
  const background = new Image();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const announce = announcer(parts.live);
  /** @type {ReturnType<typeof asker<{ lr: Record<string, number> }>>} */
  const kernel = asker(model, parts.silence);
  let step = scene.steps;
  /** @type {(() => void) | null} */
  let motion = null; // what ends the playing, while it plays

  /** @param {Canvas} surface @param {Canvas} losses */
  const drawOn = (surface, losses) => {
    const colours = theme(parts.root);
    const tracks = scene.entrants.map((one) => ({ ...one, ...one.look, colour: colours.dark ? one.look.dark : one.look.light }));
    drawPaths(surface, { ...scene, tracks, step }, background, colours);
    drawLosses(losses, heightBeside(parts.surface, parts.losses) || 240, { ...scene, tracks, step }, colours);
    drawSwatches(parts.table, tracks, colours);
  };
  const draw = () => drawOn(parts.surface, parts.losses);
  /** @param {number} to */
  const show = (to) => {
    step = Math.min(Math.max(Math.round(to), 0), scene.steps);
    parts.slider.value = String(step);
    parts.slider.setAttribute("aria-valuetext", `step ${step} of ${scene.steps}`);
    parts.at.textContent = `${step} of ${scene.steps}`;
    fillStanding(parts.table, scene, step);
    draw();
  };
  const words = () => `Step ${step}. ${scene.entrants.map((one) => `${one.label}: ${lossWords(one, step)}`).join("; ")}.`;
  const pause = () => {
    motion?.();
    motion = null;
    parts.play.textContent = "Play";
  };
  const play = () => {
    if (step === scene.steps) show(0);
    parts.play.textContent = "Pause";
    /** @param {number} to */
    const moved = (to) => {
      show(to);
      if (step < scene.steps) return;
      pause();
      announce(words());
    };
    motion = still.matches ? jumping(scene.steps, step, moved) : gliding(scene.steps, step, moved);
  };
  /** @param {number} to */
  const scrub = (to) => {
    pause();
    show(to);
    announce(words());
  };
  const open = () => {
    describe(parts, scene);
    buildStanding(parts.table, scene);
    parts.slider.max = String(scene.steps);
    show(step);
  };

  parts.play.onclick = () => {
    if (!motion) return play();
    pause();
    announce(words());
  };
  parts.slider.oninput = () => scrub(Number(parts.slider.value));
  parts.losses.onpointerdown = parts.losses.onpointermove = (event) => {
    if (event.buttons & 1) scrub(lossesStep(parts.losses, scene, event));
  };
  buildRates(parts, scene, (lr) => kernel.ask({ lr }));
  el.append(parts.root);
  open();
  const repaint = () => void (background.src = model.get("background"));
  const renew = () => {
    const next = model.get("scene");
    if (!kernel.answered(next.serial)) return;
    scene = decodedScene(next);
    open();
    details.open = false;
    announce(words());
  };
  background.onload = draw;
  repaint();
  const unheard = listening(model, { "change:background": repaint, "change:scene": renew });
  const forget = whenLooksChange(parts.root, draw);
  return () => {
    pause();
    forget();
    announce.stop();
    kernel.stop();
    unheard();
  };
}

/**
 * Play from a step on, smoothly; returns what stops it.
 * @param {number} steps
 * @param {number} from
 * @param {(step: number) => void} moved
 */
function gliding(steps, from, moved) {
  const seconds = Math.min(steps * PACE, LONGEST_PLAY);
  /** @type {number | null} */
  let begun = null;
  /** @param {number} now */
  const tick = (now) => {
    begun ??= now;
    request = requestAnimationFrame(tick); // first, so that who is told can stop it
    moved(Math.floor(from + ((now - begun) / 1000 / seconds) * steps));
  };
  let request = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(request);
}

/**
 * Play from a step on, as a few still pictures; returns what stops it.
 * @param {number} steps
 * @param {number} from
 * @param {(step: number) => void} moved
 */
function jumping(steps, from, moved) {
  let at = from;
  const timer = setInterval(() => moved((at += Math.ceil(steps / JUMPS))), 1000);
  return () => clearInterval(timer);
}

/**
 * @param {string} id
 * @param {HTMLElement} details
 * @param {HTMLElement} saving
 */
function comparisonParts(id, details, saving) {
  const parts = {
    title: make("h4", { class: "ocp-title", id: `${id}-title` }),
    notes: make("div", { class: "ocp-notes" }),
    surface: make("canvas", { role: "img" }),
    losses: make("canvas", { role: "img", class: "ocp-scrub" }),
    play: button("Play"),
    slider: control("input", { id: `${id}-step`, type: "range", min: 0, step: 1, "aria-label": "step" }),
    at: make("output", { for: `${id}-step` }),
    table: make("table", { class: "ocp-table ocp-standing" }),
    rates: make("fieldset", { class: "ocp-rates" }, make("legend", {}, "Learning rates")),
    silence: silenceLine("run this cell again to move the learning rates."),
    about: make("p", { class: "ocp-small" }),
    live: liveLine(),
  };
  const root = make(
    "section",
    { class: "ocp ocp-compare", "aria-labelledby": `${id}-title` },
    parts.title,
    parts.notes,
    parts.about,
    make("div", { class: "ocp-pair" }, parts.surface, parts.losses),
    make("div", { class: "ocp-player" }, parts.play, make("label", { for: `${id}-step` }, "step"), parts.slider, parts.at),
    parts.table,
    make("p", { class: "ocp-small" }, "* The first step at which the loss above the minimum is 1/1000 of what it was at the start."),
    parts.rates,
    parts.silence,
    details,
    saving,
    parts.live,
  );
  return { ...parts, root, id };
}

/**
 * @param {ComparisonParts} parts
 * @param {Scene} scene
 */
function describe(parts, scene) {
  parts.title.textContent = `Compared on: ${scene.problem}`;
  parts.notes.replaceChildren(...scene.notes.map((note) => make("p", { class: "ocp-note" }, note)));
  parts.about.textContent = scene.about;
  parts.about.hidden = !scene.about;
  parts.surface.setAttribute("aria-label", `Contours of the loss and the paths over them. ${scene.summary}`);
  parts.losses.setAttribute("aria-label", "Curves of the losses over the steps, on a logarithmic scale. The table below has their figures.");
}

/**
 * A slider for each learning rate that is a number.
 * @param {ComparisonParts} parts
 * @param {Scene} scene
 * @param {(lr: Record<string, number>) => void} asked
 */
function buildRates(parts, scene, asked) {
  /** @type {Record<string, number>} */
  const lr = {};
  scene.entrants.forEach((one, i) => {
    if (!one.rates) return;
    const { positions, at } = one.rates;
    lr[i] = at;
    const id = `${parts.id}-lr-${i}`;
    const input = control("input", { id, type: "range", min: 0, max: positions.length - 1, step: 1, value: positions.indexOf(at) });
    const value = make("output", { for: id });
    const say = () => {
      const words = digits(positions[Number(input.value)]);
      value.textContent = words;
      input.setAttribute("aria-valuetext", words);
    };
    input.oninput = () => {
      say();
      lr[i] = positions[Number(input.value)];
      asked({ ...lr });
    };
    say();
    const twins = scene.entrants.filter((other) => other.name === one.name).length > 1;
    const words = `lr of ${one.name}${twins ? `, row ${i + 1}` : ""}`;
    parts.rates.append(make("div", { class: "ocp-control" }, make("label", { for: id }, words), value, input));
  });
  parts.rates.hidden = parts.rates.children.length === 1;
}

export default { render };
