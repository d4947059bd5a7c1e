// Native controls with labels: built once, then placed where the values say. They know nothing of pictures.

// An element with attributes and children; a child may be text.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// One labelled native control for each entry. `moved(name, value, index)` is told of each change (of a menu
// without an index), `rested(name)` of a slider that has been let go or moved by a key.
export function build(into, controls, id, moved, rested) {
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
      if (control.kind === "menu") return moved(control.name, input.value);
      const index = Number(input.value);
      const value = JSON.parse(row.dataset.positions)[index];
      showPosition(row, value);
      moved(control.name, value, index);
    });
    if (control.kind === "slider") input.addEventListener("change", () => rested(control.name));
    into.append(row);
  }
}

// Put the controls where `values` says; their ranges may have changed with the problem.
export function place(into, controls, values) {
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

export function nearest(positions, value) {
  return positions.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}
