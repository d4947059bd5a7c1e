// Native controls with labels: built once, then placed where the values say. They know nothing of pictures.

import { make, control } from "../engine/page.js";

// One labelled native control for each entry. `moved(name, value, index)` is told of each change (of a menu
// without an index), `rested(name)` of a slider that has been let go or moved by a key.
export function build(into, controls, id, moved, rested) {
  for (const one of controls) {
    const own = `${id}-${one.name}`;
    const attributes = { id: own, name: one.name, "aria-describedby": `${own}-meaning` };
    const input =
      one.kind === "menu"
        ? control("select", attributes, ...one.options.map(([value, words]) => make("option", { value }, words)))
        : control("input", { ...attributes, type: "range", min: 0, step: 1 });
    const row = make(
      "div",
      { class: "oc-control", "data-name": one.name },
      make("label", { for: own }, one.label),
      make("output", { for: own }),
      input,
      make("small", { id: `${own}-meaning` }),
    );
    input.addEventListener("input", () => {
      if (one.kind === "menu") return moved(one.name, input.value);
      const index = Number(input.value);
      const value = JSON.parse(row.dataset.positions)[index];
      showPosition(row, value);
      moved(one.name, value, index);
    });
    if (one.kind === "slider") input.addEventListener("change", () => rested(one.name));
    into.append(row);
  }
}

// Put the controls where `values` says; their labels and ranges may have changed with the problem.
export function place(into, controls, values) {
  for (const one of controls) {
    const row = into.querySelector(`[data-name="${one.name}"]`);
    const input = row.querySelector("input, select");
    row.hidden = one.hidden;
    row.querySelector("label").textContent = one.label;
    row.querySelector("small").textContent = one.meaning;
    if (one.kind === "menu") {
      input.value = values[one.name];
      continue;
    }
    row.dataset.positions = JSON.stringify(one.positions);
    input.max = one.positions.length - 1;
    input.value = one.positions.indexOf(nearest(one.positions, values[one.name]));
    showPosition(row, values[one.name]);
  }
}

function showPosition(row, value) {
  const words = String(Number(value.toPrecision(4)));
  row.querySelector("output").textContent = words;
  row.querySelector("input").setAttribute("aria-valuetext", words);
}

export function nearest(positions, value) {
  return positions.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}
