// The cursor that links the pictures: one step, its numbers in a table, and a slider to go from step to step.

import { make, control } from "../engine/page.js";

// The slider and the table. `moved(step)` is told when the slider goes to another step.
export function cursorParts(id, moved) {
  const own = `${id}-cursor`;
  const input = control("input", { id: own, type: "range", min: 0, step: 1, name: "cursor", "aria-describedby": `${own}-help` });
  const said = make("output", { for: own });
  const body = make("tbody");
  const head = make("tr", {}, make("td"), make("th", { scope: "col" }), make("th", { scope: "col" })); // named when it is opened
  const table = make("table", {}, make("caption"), make("thead", {}, head), body);
  const row = make(
    "div",
    { class: "oc-control" },
    make("label", { for: own }, "look at step"),
    said,
    input,
    make("small", { id: `${own}-help` }, "or point at the picture or at a curve"),
  );
  const summary = control("summary", {}, "its numbers: theta, update, gradient, state");
  const numbersOfStep = make("details", {}, summary, table);
  input.addEventListener("input", () => moved(Number(input.value)));
  numbersOfStep.addEventListener("toggle", () => moved(Number(input.value)));
  return { root: make("div", { class: "oc-cursor" }, row, numbersOfStep), input, said, table, body, numbersOfStep };
}

// Put the slider at `step` of a frame, and its numbers into the table.
export function showStep(parts, frame, step) {
  const last = frame.path.length / 2 - 1;
  parts.input.max = last;
  parts.input.value = step;
  parts.said.textContent = `${step} of ${last}`;
  const theta = frame.rounded ? "" : frame.axes.map((name, i) => `, ${name} ${figures(frame.path[2 * step + i])}`).join("");
  parts.input.setAttribute("aria-valuetext", `${step} of ${last}${theta}`);
  if (!parts.numbersOfStep.open) return;
  frame.axes.forEach((name, i) => (parts.table.tHead.rows[0].cells[1 + i].textContent = name));
  const where = frame.rounded ? " (exact numbers are saved for where the picture opens)" : "";
  parts.table.caption.textContent = (step ? `Step ${step}` : "The start") + where;
  const rows = stepRows(frame, step).map(([name, ...values]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, figures(value)))),
  );
  parts.body.replaceChildren(...rows);
}

// [name, first coordinate, second coordinate] of all that a step has; null where a strip only knows it roughly,
// as a saved page does with all of it (`rounded`).
export function stepRows(frame, step) {
  const { path, traces } = frame;
  const at = (k) => [path[2 * k], path[2 * k + 1]];
  const change = step ? at(step).map((value, i) => value - at(step - 1)[i]) : [NaN, NaN];
  const exact = (value) => (frame.rough ? null : value);
  const drawn = (value) => (frame.rounded ? null : value);
  return [
    [frame.axes[1] === "loss" ? "point" : "theta", ...at(step).map(drawn)],
    ["update", ...change.map(drawn)],
    ...traces.map(({ name, first, second }) => [name, exact(first[step]), exact(second[step])]),
  ];
}

// Four digits; a dash for what is not there, as the gradient before the first step.
function figures(value) {
  if (value === null) return "…";
  if (Number.isNaN(value)) return "–";
  const clean = Number(value.toPrecision(4));
  const small = clean !== 0 && Math.abs(clean) < 1e-4;
  return (small ? clean.toExponential() : String(clean)).replaceAll("-", "−");
}
