// Native controls with labels: built once, then placed where the values say. They know nothing of pictures.

import { make, control, positionWords } from "../engine/page.js";

/**
 * @import { ControlData, Standing } from "../wire/protocol.js"
 */
/**
 * What is told of each change of a slider, with its index, and of a menu; and of a slider that has been let go or
 * moved by a key.
 * @typedef {{ slid(name: string, value: number, index: number): void, chosen(name: string, value: string): void,
 *   rested(): void }} Moves
 */
/**
 * The elements of one control, and where its slider may stand.
 * @typedef {{ row: HTMLElement, label: HTMLElement, output: HTMLElement, meaning: HTMLElement,
 *   input: HTMLInputElement | HTMLSelectElement, positions: number[] }} Row
 */

/**
 * A labelled native control for each entry, by its name.
 * @param {HTMLElement} into
 * @param {ControlData[]} controls
 * @param {string} id
 * @param {Moves} moves
 */
export function build(into, controls, id, moves) {
  const rows = new Map(controls.map((one) => [one.name, controlRow(one, `${id}-${one.name}`, moves)]));
  into.append(...Array.from(rows.values(), ({ row }) => row));
  return rows;
}

/**
 * @param {ControlData} one
 * @param {string} own
 * @param {Moves} moves
 * @returns {Row}
 */
function controlRow(one, own, moves) {
  const attributes = { id: own, name: one.name, "aria-describedby": `${own}-meaning` };
  const label = make("label", { for: own }, one.label);
  const output = make("output", { for: own });
  const meaning = make("small", { id: `${own}-meaning` });
  /** @param {HTMLElement} input */
  const row = (input) => make("div", { class: "ocp-control", "data-name": one.name }, label, output, input, meaning);
  if (one.kind === "menu") {
    const input = control("select", attributes, ...one.options.map(([value, words]) => make("option", { value }, words)));
    input.addEventListener("input", () => moves.chosen(one.name, input.value));
    return { row: row(input), label, output, meaning, input, positions: [] };
  }
  const input = control("input", { ...attributes, type: "range", min: 0, step: 1 });
  const made = { row: row(input), label, output, meaning, input, positions: [...one.positions] };
  input.addEventListener("input", () => {
    const index = Number(input.value);
    const value = made.positions[index];
    showPosition(made, value);
    moves.slid(one.name, value, index);
  });
  input.addEventListener("change", () => moves.rested());
  return made;
}

/**
 * Put the controls where `values` says; their labels and ranges may have changed with the problem.
 * @param {Map<string, Row>} rows
 * @param {ControlData[]} controls
 * @param {Standing} values
 */
export function place(rows, controls, values) {
  for (const one of controls) {
    const row = rows.get(one.name);
    if (!row) continue;
    row.row.hidden = one.hidden;
    row.label.textContent = one.label;
    row.meaning.textContent = one.meaning;
    if (one.kind === "menu") {
      row.input.value = String(values[one.name]);
      continue;
    }
    const value = Number(values[one.name]);
    row.positions = one.positions;
    row.input.setAttribute("max", String(one.positions.length - 1));
    row.input.value = String(one.positions.indexOf(nearest(one.positions, value)));
    showPosition(row, value);
  }
}

/**
 * @param {Row} row
 * @param {number} value
 */
function showPosition({ output, input }, value) {
  const words = positionWords(value);
  output.textContent = words;
  input.setAttribute("aria-valuetext", words);
}

/**
 * @param {number[]} positions
 * @param {number} value
 */
export function nearest(positions, value) {
  return positions.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}
