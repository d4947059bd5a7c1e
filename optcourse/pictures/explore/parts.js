// The elements of `explore`, and the words in them.

import { make, button, liveLine, silenceLine } from "../engine/page.js";

/**
 * @import { Shown } from "./frame.js"
 * @typedef {ReturnType<typeof explorerParts>} ExplorerParts
 */

const PRESETS = { small: "too small", best: "just right", large: "too large" };

/**
 * @param {string} id
 * @param {HTMLElement} cursor
 * @param {HTMLElement} saving
 */
export function explorerParts(id, cursor, saving) {
  const parts = {
    title: make("h4", { class: "ocp-title", id: `${id}-title` }),
    said: make("p", { class: "ocp-about", role: "status" }),
    note: make("p", { class: "ocp-note" }),
    about: make("p", { class: "ocp-about" }),
    surface: make("canvas", { class: "ocp-surface", role: "img" }),
    curves: make("canvas", { class: "ocp-curves", role: "img" }),
    outcome: make("p", { class: "ocp-outcome" }),
    way: make("p", { class: "ocp-way", role: "status", hidden: "" }),
    silence: silenceLine("wait if it is busy, or run this cell again to move the picture."),
    live: liveLine(),
    controls: make("div", { class: "ocp-controls" }),
    reset: button("Reset"),
    presets: make("span", { class: "ocp-presets", role: "group", "aria-label": "presets of lr" }, "lr:"),
    code: make("code"),
    copy: button("Copy"),
  };
  const { title, presets, reset, said, note, about, outcome, way, silence, controls, code, copy } = parts;
  presets.append(...Object.entries(PRESETS).map(([value, words]) => button(words, { value })));
  const root = make(
    "section",
    { class: "ocp ocp-explorer", "aria-labelledby": `${id}-title` },
    make(
      "div",
      { class: "ocp-layout" },
      make("header", { class: "ocp-head" }, title, presets, reset, said, note, about),
      parts.surface,
      cursor,
      make("div", { class: "ocp-panel" }, outcome, way, silence, controls, make("div", { class: "ocp-code" }, code, copy), saving),
      parts.curves,
    ),
    parts.live,
  );
  return { ...parts, root };
}

/**
 * Words for what is drawn, to be seen and to be read out.
 * @param {ExplorerParts} parts
 * @param {Shown} frame
 */
export function describe(parts, frame) {
  parts.title.textContent = `${frame.title} on: ${frame.problem}`;
  parts.note.classList.toggle("ocp-good", Boolean(frame.right));
  for (const [part, words] of /** @type {const} */ ([[parts.note, frame.note], [parts.said, frame.said], [parts.about, frame.about]])) {
    part.textContent = words;
    part.hidden = !words;
  }
  parts.code.textContent = frame.code;
  parts.outcome.textContent = frame.outcome.replaceAll("->", "→");
  parts.outcome.classList.remove("ocp-stale");
  parts.surface.setAttribute("aria-label", `Contours of the loss and the path over them. ${frame.summary}`);
  const traces = frame.traces.map((trace) => trace.name).join(", ");
  parts.curves.setAttribute("aria-label", `Curves over the steps: loss, ${traces}. ${frame.outcome}`);
}
