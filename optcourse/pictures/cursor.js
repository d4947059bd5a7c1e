// The cursor that links the pictures: one step, its numbers in a table, and a slider to go from step to step.

import { element } from "./controls.js";

// The slider and the table. `moved(step)` is told when the slider goes to another step.
export function cursorParts(id, moved) {
  const own = `${id}-cursor`;
  const input = element("input", {
    id: own, type: "range", min: 0, step: 1, name: "cursor", "aria-describedby": `${own}-help`, "data-lm-suppress-shortcuts": "true",
  });
  const said = element("output", { for: own });
  const body = element("tbody");
  const head = ["", "theta[0]", "theta[1]"].map((words) => element("th", words ? { scope: "col" } : {}, words));
  const table = element("table", {}, element("caption"), element("thead", {}, element("tr", {}, ...head)), body);
  const row = element(
    "div",
    { class: "oc-control" },
    element("label", { for: own }, "look at step"),
    said,
    input,
    element("small", { id: `${own}-help` }, "or point at the picture or at a curve"),
  );
  const summary = element("summary", { "data-lm-suppress-shortcuts": "true" }, "its numbers: theta, update, gradient, state");
  const numbersOfStep = element("details", {}, summary, table);
  input.addEventListener("input", () => moved(Number(input.value)));
  numbersOfStep.addEventListener("toggle", () => moved(Number(input.value)));
  return { root: element("div", { class: "oc-cursor" }, row, numbersOfStep), input, said, table, body, numbersOfStep };
}

// Put the slider at `step` of a frame, and its numbers into the table.
export function showStep(parts, frame, step) {
  const last = frame.path.length / 2 - 1;
  parts.input.max = last;
  parts.input.value = step;
  parts.said.textContent = `${step} of ${last}`;
  parts.input.setAttribute("aria-valuetext", `${step} of ${last}, theta ${figures(frame.path[2 * step])}, ${figures(frame.path[2 * step + 1])}`);
  if (!parts.numbersOfStep.open) return;
  parts.table.caption.textContent = step ? `Step ${step}` : "The start";
  const rows = stepRows(frame, step).map(([name, ...values]) =>
    element("tr", {}, element("th", { scope: "row" }, name), ...values.map((value) => element("td", {}, figures(value)))),
  );
  parts.body.replaceChildren(...rows);
}

// [name, first coordinate, second coordinate] of all that a step has; null where a strip only knows it roughly.
export function stepRows(frame, step) {
  const { path, traces } = frame;
  const at = (k) => [path[2 * k], path[2 * k + 1]];
  const change = step ? at(step).map((value, i) => value - at(step - 1)[i]) : [NaN, NaN];
  const exact = (value) => (frame.rough ? null : value);
  return [
    ["theta", ...at(step)],
    ["update", ...change],
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
