// The cursor that links the pictures: one step, its numbers in a table, and a slider to go from step to step.

import { make, control } from "../engine/page.js";

/**
 * @import { Shown } from "./frame.js"
 * @typedef {ReturnType<typeof cursorParts>} Cursor
 */

/**
 * The slider and the table. `moved(step)` is told when the slider goes to another step.
 * @param {string} id
 * @param {(step: number) => void} moved
 */
export function cursorParts(id, moved) {
  const own = `${id}-cursor`;
  const input = control("input", { id: own, type: "range", min: 0, step: 1, name: "cursor", "aria-describedby": `${own}-help` });
  const said = make("output", { for: own });
  const names = [make("th", { scope: "col" }), make("th", { scope: "col" })]; // named when it is opened
  const caption = make("caption");
  const body = make("tbody");
  const table = make("table", { class: "ocp-table" }, caption, make("thead", {}, make("tr", {}, make("td"), ...names)), body);
  const row = make(
    "div",
    { class: "ocp-control" },
    make("label", { for: own }, "look at step"),
    said,
    input,
    make("small", { id: `${own}-help` }, "or point at the picture or at a curve"),
  );
  const summary = control("summary", {}, "its numbers: theta, update, gradient, state");
  const details = make("details", {}, summary, table);
  input.addEventListener("input", () => moved(Number(input.value)));
  details.addEventListener("toggle", () => moved(Number(input.value)));
  return { root: make("div", { class: "ocp-cursor" }, row, details), input, said, names, caption, body, details };
}

/**
 * Put the slider at `step` of a frame, and its numbers into the table.
 * @param {Cursor} parts
 * @param {Shown} frame
 * @param {number} step
 */
export function showStep(parts, frame, step) {
  const last = frame.path.length / 2 - 1;
  parts.input.max = String(last);
  parts.input.value = String(step);
  parts.said.textContent = `${step} of ${last}`;
  const theta = frame.rounded ? "" : frame.axes.map((name, i) => `, ${name} ${figures(frame.path[2 * step + i])}`).join("");
  parts.input.setAttribute("aria-valuetext", `${step} of ${last}${theta}`);
  if (!parts.details.open) return;
  frame.axes.forEach((name, i) => (parts.names[i].textContent = name));
  const where = frame.rounded ? " (exact numbers are saved for where the picture opens)" : "";
  parts.caption.textContent = (step ? `Step ${step}` : "The start") + where;
  const rows = stepRows(frame, step).map(([name, ...values]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, figures(value)))),
  );
  parts.body.replaceChildren(...rows);
}

/**
 * All that a step has; null where a strip only knows it roughly, as a saved page does with all of it (`rounded`).
 * @param {Pick<Shown, "axes" | "path" | "traces" | "rough" | "rounded">} frame
 * @param {number} step
 * @returns {[name: string, first: number | null, second: number | null][]}
 */
export function stepRows({ axes, path, traces, rough, rounded }, step) {
  /** @param {number} i */
  const at = (i) => (rounded ? null : path[2 * step + i]);
  /** @param {number} i */
  const change = (i) => (rounded ? null : step ? path[2 * step + i] - path[2 * step - 2 + i] : NaN);
  /** @param {number} value */
  const exact = (value) => (rough ? null : value);
  return [
    [axes[1] === "loss" ? "point" : "theta", at(0), at(1)],
    ["update", change(0), change(1)],
    ...traces.map(({ name, first, second }) => /** @type {[string, number | null, number | null]} */ ([name, exact(first[step]), exact(second[step])])),
  ];
}

/**
 * Four digits; a dash for what is not there, as the gradient before the first step.
 * @param {number | null} value
 */
export function figures(value) {
  if (value === null) return "…";
  if (Number.isNaN(value)) return "–";
  const clean = Number(value.toPrecision(4));
  const small = clean !== 0 && Math.abs(clean) < 1e-4;
  return (small ? clean.toExponential() : String(clean)).replaceAll("-", "−");
}
