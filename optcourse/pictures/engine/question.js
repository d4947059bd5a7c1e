// What quiz, predict and clinic share: a question with native inputs, its verdict, mathematics.

import { make, control, freshId } from "./page.js";

/**
 * @import { Model } from "./page.js"
 */
/**
 * A question. `submitted` gets what was given: the numbers of the chosen options, or the text of the field; what it
 * returns is asked for as well. Nothing given: `asks` is said.
 * @typedef {{ question: string, button: string, asks: string }} Ask
 * @typedef {Ask & { kind: "one" | "several", options: string[], submitted: (chosen: number[]) => string | void }} ChoiceAsk
 * @typedef {Ask & { kind: "number", hint: string, submitted: (text: string) => string | void }} NumberAsk
 * @typedef {{ form: HTMLFormElement, fill(value: string | number[]): void, lock(): void }} QuestionForm
 */

/**
 * A text with `code` and *stress* in it, as nodes; mathematics stays as $source$ until it is typeset.
 * @param {string} text
 */
export function marked(text) {
  return parted(text).map(([tag, words]) => (tag ? make(tag, {}, words) : words));
}

/**
 * The parts of such a text, each with the element that it is set in.
 * @param {string} text
 * @returns {[tag: "code" | "em" | null, words: string][]}
 */
export function parted(text) {
  const parts = text.split(/(`[^`]+`|\$[^$]+\$|(?<![\w*])\*\w[^*]*\*(?![\w*]))/);
  return parts.map((part, i) => {
    if (i % 2 && part[0] === "`") return ["code", part.slice(1, -1)];
    return i % 2 && part[0] === "*" ? ["em", part.slice(1, -1)] : [null, part];
  });
}

/**
 * Set the mathematics in an element with JupyterLab's own typesetter (as ipywidgets' HTMLMath does), or with
 * the page's MathJax; where there is neither, its source stays.
 * @param {Pick<Model<object>, "widget_manager">} model
 * @param {Element} element
 */
export function typeset(model, element) {
  if (!element.textContent?.includes("$")) return;
  const typesetter = model.widget_manager?._rendermime?.latexTypesetter;
  if (typesetter) typesetter.typeset(element);
  else Reflect.get(window, "MathJax")?.typesetPromise?.([element]);
}

/**
 * A question as a form: radio buttons ("one"), check boxes ("several") or a field ("number").
 * @param {ChoiceAsk | NumberAsk} asked
 * @returns {QuestionForm}
 */
export function questionForm(asked) {
  const id = freshId();
  const { inputs, rows } = asked.kind === "number" ? numberInput(id, asked) : choiceInputs(id, asked);
  const fieldset = make("fieldset", { class: "ocp-question" }, make("legend", {}, ...marked(asked.question)), ...rows);
  const send = control("button", { type: "submit", class: "ocp-button ocp-send" }, asked.button);
  const demand = make("p", { class: "ocp-demand", role: "alert" });
  const form = make("form", { class: "ocp-form", novalidate: "" }, fieldset, demand, send);
  const submitted = () => {
    if (asked.kind === "number") {
      const text = inputs[0].value.trim();
      return text ? asked.submitted(text) : asked.asks;
    }
    const chosen = inputs.filter((input) => input.checked).map((input) => Number(input.value));
    return chosen.length ? asked.submitted(chosen) : asked.asks;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    demand.textContent = submitted() || "";
    if (demand.textContent) inputs[0].focus();
  });
  if (asked.kind === "number")
    inputs[0].addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // JupyterLab cancels what Enter does in a text field
      form.requestSubmit();
    });
  return {
    form,
    fill(value) {
      if (typeof value === "string") inputs[0].value = value;
      else inputs.forEach((input, i) => (input.checked = value.includes(i)));
    },
    lock() {
      fieldset.disabled = true;
      send.remove();
    },
  };
}

/**
 * @param {string} id
 * @param {NumberAsk} asked
 */
function numberInput(id, { hint }) {
  const field = control("input", { id, type: "text", inputmode: "decimal", autocomplete: "off" });
  return { inputs: [field], rows: [make("label", { for: id, class: "ocp-typed" }, `${hint} `, field)] };
}

/**
 * @param {string} id
 * @param {ChoiceAsk} asked
 */
function choiceInputs(id, { kind, options }) {
  const type = kind === "one" ? "radio" : "checkbox";
  const inputs = options.map((_, i) => control("input", { type, name: id, value: i }));
  const rows = options.map((text, i) => make("label", { class: "ocp-option" }, inputs[i], make("span", {}, ...marked(text))));
  return { inputs, rows };
}

/** The place of a verdict, which is read out when it changes. */
export function verdictRegion() {
  return make("div", { class: "ocp-verdict", "aria-live": "polite" });
}

/**
 * A verdict in words with a mark, in such a region; `right` null is neither.
 * @param {Element} region
 * @param {boolean | null} right
 * @param {string} words
 * @param {Node[]} paragraphs
 */
export function sayVerdict(region, right, words, paragraphs) {
  region.className = `ocp-verdict ${right === false ? "ocp-wrong" : "ocp-right"}`;
  const mark = make("span", { class: "ocp-mark", "aria-hidden": "true" }, right === null ? "→" : right ? "✓" : "✗");
  region.replaceChildren(make("p", { class: "ocp-words" }, mark, " ", ...marked(words)), ...paragraphs);
}

/**
 * A line for the kernel's note, and what puts the note there: what could not be kept of an answer.
 * @param {Pick<Model<{ note: string }>, "get">} model
 */
export function noteLine(model) {
  const element = make("p", { class: "ocp-note", role: "status" });
  const show = () => {
    element.textContent = model.get("note");
    element.hidden = !element.textContent;
  };
  show();
  return { element, show };
}
