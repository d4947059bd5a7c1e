// What quiz, predict and clinic share: a question with native inputs, its verdict, mathematics.

import { make, control } from "./page.js";

// An id that nothing else on the page has. Not counted: each widget has a copy of this module, and would begin at 1.
export function freshId() {
  return `optcourse-${Math.random().toString(36).slice(2)}`;
}

// A text with `code` and *stress* in it, as nodes; mathematics stays as $source$ until it is typeset.
export function marked(text) {
  const parts = text.split(/(`[^`]+`|\$[^$]+\$|(?<![\w*])\*\w[^*]*\*(?![\w*]))/);
  const element = { "`": "code", "*": "em" };
  return parts.map((part, i) => (i % 2 && element[part[0]] ? make(element[part[0]], {}, part.slice(1, -1)) : part));
}

// Set the mathematics in an element with JupyterLab's own typesetter (as ipywidgets' HTMLMath does), or with
// the page's MathJax; where there is neither, its source stays.
export function typeset(model, element) {
  if (!element.textContent.includes("$")) return;
  const typesetter = model.widget_manager?._rendermime?.latexTypesetter;
  if (typesetter) typesetter.typeset(element);
  else window.MathJax?.typesetPromise?.([element]);
}

// A question as a form: radio buttons ("one"), check boxes ("several") or a field ("number"). `submitted` gets
// what was given: the numbers of the chosen options, or the text of the field. Nothing given: `asks` is said.
export function questionForm({ kind, question, options, hint, button, asks, submitted }) {
  const id = freshId();
  const inputs = [];
  const fieldset = make("fieldset", { class: "ocp-question" }, make("legend", {}, ...marked(question)));
  if (kind === "number") {
    const field = control("input", { id, type: "text", inputmode: "decimal", autocomplete: "off" });
    inputs.push(field);
    fieldset.append(make("label", { for: id, class: "ocp-typed" }, `${hint} `, field));
  } else {
    const type = kind === "one" ? "radio" : "checkbox";
    options.forEach((text, i) => {
      const input = control("input", { type, name: id, value: i });
      inputs.push(input);
      fieldset.append(make("label", { class: "ocp-option" }, input, make("span", {}, ...marked(text))));
    });
  }
  const send = control("button", { type: "submit", class: "ocp-button ocp-send" }, button);
  const demand = make("p", { class: "ocp-demand", role: "alert" });
  const form = make("form", { class: "ocp-form", novalidate: "" }, fieldset, demand, send);
  const chosen = () => inputs.filter((input) => input.checked).map((input) => Number(input.value));
  const given = () => (kind === "number" ? inputs[0].value.trim() : chosen());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = given().length ? "" : asks;
    demand.textContent = missing || submitted(given()) || ""; // what `submitted` returns is asked for as well
    if (demand.textContent) inputs[0].focus();
  });
  // JupyterLab cancels what Enter does in a text field.
  const enters = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit();
  };
  if (kind === "number") inputs[0].addEventListener("keydown", enters);
  return {
    form,
    fill(value) {
      if (kind === "number") inputs[0].value = value;
      else inputs.forEach((input, i) => (input.checked = value.includes(i)));
    },
    lock() {
      fieldset.disabled = true;
      send.remove();
    },
  };
}

// A verdict in words with a mark, in a region that is read out when it changes; `right` null is neither.
export function sayVerdict(region, right, words, paragraphs) {
  region.className = `ocp-verdict ${right === false ? "ocp-wrong" : "ocp-right"}`;
  const mark = make("span", { class: "ocp-mark", "aria-hidden": "true" }, right === null ? "→" : right ? "✓" : "✗");
  region.replaceChildren(make("p", { class: "ocp-words" }, mark, " ", ...marked(words)), ...paragraphs);
}
