// The front end of `predict`: asks, holds the picture back until the answer is committed, then unlocks its slider.

import { drawCross, drawDot, write } from "../engine/drawing.js";
import { drawPlane } from "../engine/plane.js";
import {
  make, control, button, freshId, heightBeside, listening, liveLine, numbers, positionWords, theme, whenLooksChange, announcer,
} from "../engine/page.js";
import { marked, noteLine, typeset, questionForm, sayVerdict, verdictRegion } from "../engine/question.js";
import { placeOf, surfaceBox, drawSurface } from "../engine/surface.js";
import { drawPlots } from "../engine/plots.js";
import { isRight, numberSaid, verdictWords } from "./judging.js";

/**
 * @import { PredictionState, PredictionStrip } from "../wire/protocol.js"
 * @import { Canvas, Point } from "../engine/drawing.js"
 * @import { Model, Theme } from "../engine/page.js"
 * @import { Plane } from "../engine/surface.js"
 */

/** @param {{ model: Model<PredictionState>, el: HTMLElement }} view */
function render({ model, el }) {
  const asked = model.get("asked");
  const strip = model.get("strip");
  const [paths, losses] = [numbers(strip.paths), numbers(strip.losses)];
  const records = strip.steps + 1;
  const background = new Image();
  const note = noteLine(model);
  const question = committing(model, () => parts.slider);
  const parts = predictionParts(strip, [make("p", { class: "ocp-note", hidden: asked.note ? null : "" }, asked.note), question.form], note.element);
  const announce = announcer(parts.live);
  let position = strip.opening;

  const committed = () => "said" in model.get("answered");
  const draw = () => {
    const colours = theme(parts.root);
    const frame = { view: strip.view, axes: strip.axes, optimum: strip.optimum, ghost: null };
    if (!committed()) {
      drawStart(parts.surface, { ...frame, start: paths.slice(0, 2) }, background, colours);
      return;
    }
    const path = paths.slice(2 * records * position, 2 * records * (position + 1));
    const diverged = strip.diverged[position] < 0 ? null : strip.diverged[position];
    drawSurface(parts.surface, { ...frame, path, diverged }, background, colours);
    const loss = losses.slice(records * position, records * (position + 1));
    const mark = strip.target === null ? null : Math.log10(strip.target);
    const plot = { name: "loss", tall: 3, powers: true, mark, curves: [{ values: loss, colour: colours.path }] };
    drawPlots(parts.curves, [plot], { height: heightBeside(parts.surface, parts.curves) }, colours);
  };
  /** @param {number} to */
  const move = (to) => {
    position = to;
    const at = positionWords(strip.positions[position]);
    const outcome = strip.outcomes[position].replaceAll("->", "→");
    const head = `${strip.name} = ${at}: it ${strip.kinds[position]}s.`;
    parts.slider.value = String(position);
    parts.value.textContent = at;
    parts.slider.setAttribute("aria-valuetext", `${at}: it ${strip.kinds[position]}s`);
    parts.words.replaceChildren(make("strong", {}, head), ` ${outcome}`);
    parts.surface.setAttribute("aria-label", `Contours of the loss and the path over them. ${head} ${outcome}`);
    parts.curves.setAttribute("aria-label", `The loss over ${strip.steps} steps. ${head} ${outcome}`);
    draw();
  };
  const show = () => {
    const answered = model.get("answered");
    parts.unlocked.hidden = parts.curves.hidden = !committed();
    parts.root.classList.toggle("ocp-committed", committed());
    if (!("said" in answered)) {
      parts.surface.setAttribute("aria-label", "Contours of the loss with the start; the path is shown once you commit.");
      draw();
      return;
    }
    const { given, said, right } = answered;
    question.fill(given);
    question.lock();
    sayVerdict(parts.verdict, right, verdictWords(asked, said, right), [make("p", {}, ...marked(asked.why))]);
    typeset(model, parts.verdict);
    move(position);
  };
  /** @param {number} to */
  const scrub = (to) => {
    move(to);
    announce(parts.words.textContent ?? "");
  };
  parts.slider.oninput = () => scrub(Number(parts.slider.value));
  parts.again.onclick = () => scrub(strip.opening);
  background.onload = draw;
  background.src = strip.background;
  el.append(parts.root);
  typeset(model, parts.root);
  show();
  const unheard = listening(model, { "change:answered": show, "change:note": note.show });
  const ended = whenLooksChange(parts.root, draw);
  return () => {
    ended();
    announce.stop();
    unheard();
  };
}

/**
 * The question's form; a committed answer is told to the model.
 * @param {Model<PredictionState>} model
 * @param {() => HTMLElement} unlocked what has the focus after that
 */
function committing(model, unlocked) {
  const asked = model.get("asked");
  /** @param {string | number[]} given @param {string | number} said */
  const commit = (given, said) => {
    model.set("answered", { given, said: said === Infinity ? "never" : said, right: isRight(asked, said) });
    model.save_changes();
    // The form is locked now, and its button gone; JupyterLab first takes the focus that they lose.
    requestAnimationFrame(() => unlocked().focus({ preventScroll: true }));
  };
  const around = { question: asked.question, button: "Commit" };
  if (asked.kind === "one") {
    const options = asked.options.map((option) => option.text);
    /** @param {number[]} chosen */
    const submitted = (chosen) => commit(chosen, asked.options[chosen[0]].key);
    return questionForm({ ...around, kind: "one", options, asks: "Choose one first.", submitted });
  }
  return questionForm({
    ...around,
    kind: "number",
    hint: asked.counts ? "Your number, or never:" : "Your number:",
    asks: "Write a number first: a rough one will do.",
    submitted(text) {
      const said = numberSaid(text);
      if (Number.isNaN(said)) return `“${text}” is no number: write one such as 40 or 1e-3.`;
      commit(text, said);
    },
  });
}

/**
 * @param {PredictionStrip} strip
 * @param {HTMLElement[]} ask
 * @param {HTMLElement} note
 */
function predictionParts(strip, ask, note) {
  const id = freshId();
  const range = { type: "range", min: 0, max: strip.positions.length - 1, step: 1 };
  const parts = {
    surface: make("canvas", { class: "ocp-surface", role: "img" }),
    curves: make("canvas", { class: "ocp-curves", role: "img" }),
    verdict: verdictRegion(),
    slider: control("input", { id, ...range, "aria-describedby": `${id}-meaning` }),
    value: make("output", { for: id }),
    words: make("p", { class: "ocp-outcome" }),
    again: button("Back to the question's value"),
    live: liveLine(),
  };
  const meaning = make("small", { id: `${id}-meaning` }, strip.meaning);
  const row = make("div", { class: "ocp-control" }, make("label", { for: id }, strip.name), parts.value, parts.slider, meaning);
  const unlocked = make("div", { class: "ocp-panel ocp-unlocked" }, parts.words, row, parts.again);
  const root = make(
    "section",
    { class: "ocp ocp-game ocp-wide ocp-predict", "aria-label": "Prediction" },
    make("div", { class: "ocp-ask" }, ...ask, parts.verdict, note),
    make("div", { class: "ocp-scene" }, parts.surface, unlocked, parts.curves),
    parts.live,
  );
  return { ...parts, unlocked, root };
}

/**
 * The surface with its minimum and the start: all that is known before a prediction.
 * @param {Canvas} canvas
 * @param {Plane & { start: Float32Array }} scene
 * @param {HTMLImageElement} background
 * @param {Theme} colours
 */
function drawStart(canvas, { view, axes, optimum, start }, background, colours) {
  if (!canvas.clientWidth) return;
  const box = surfaceBox(canvas.clientWidth, view);
  const context = drawPlane(canvas, box, axes, background, colours);
  context.font = `600 12px ${colours.font}`;
  /** @param {Point} place @param {string} words */
  const label = ([x, y], words) => write(context, words, x, y - 18, colours.ink, "center", "middle", colours.paper);
  const minimum = placeOf(box, optimum);
  if (minimum) {
    drawCross(context, minimum, 7, colours.ink, colours.paper);
    label(minimum, "minimum");
  }
  const at = placeOf(box, start);
  if (!at) return;
  drawDot(context, at, 6, colours.paper, colours.path);
  label(at, "start");
}

export default { render };
