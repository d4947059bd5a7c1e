// The front end of `quiz`: asks, judges, explains. It needs a kernel only to keep the progress.

import { listening, make } from "../engine/page.js";
import { marked, noteLine, typeset, questionForm, sayVerdict, verdictRegion } from "../engine/question.js";
import { typedNumber, judged } from "../engine/scoring.js";

/**
 * @import { QuizQuestion, QuizState } from "../wire/protocol.js"
 * @import { Model } from "../engine/page.js"
 */

/** @param {{ model: Model<QuizState>, el: HTMLElement }} view */
function render({ model, el }) {
  const asked = model.get("asked");
  const verdict = verdictRegion();
  const note = noteLine(model);
  const tries = () => {
    const answered = model.get("answered");
    return "tries" in answered ? answered.tries : 0;
  };
  /** @param {string | number[]} given @param {number | number[]} value */
  const answer = (given, value) => {
    model.set("answered", { given, tries: tries() + 1, right: judged(asked, value).right });
    model.save_changes();
  };
  const around = { question: asked.question, button: "Submit" };
  const question = questionForm(
    asked.kind === "number"
      ? {
          ...around, kind: asked.kind, hint: "Your number:", asks: "Write a number, such as 0.25, 1e-3 or 1/3.",
          submitted(text) {
            const value = typedNumber(text);
            if (Number.isNaN(value)) return `“${text}” is no number: write one such as 0.25, 1e-3 or 1/3.`;
            answer(text, value);
          },
        }
      : {
          ...around, kind: asked.kind, options: asked.options.map((option) => option.text),
          asks: asked.kind === "several" ? "Tick all that hold, then submit." : "Choose an answer, then submit.",
          submitted: (chosen) => answer(chosen, chosen),
        },
  );
  const show = () => {
    const answered = model.get("answered");
    if (!("tries" in answered)) return;
    const value = typeof answered.given === "string" ? typedNumber(answered.given) : answered.given;
    const { right, words, why } = judged(asked, value);
    const paragraphs = why.map(([mark, text]) =>
      make("p", {}, ...(mark ? [make("strong", {}, `${mark}: `)] : []), ...marked(text)),
    );
    const counted = right ? `${words} (try ${answered.tries})` : `${words} (try ${answered.tries}; you can try again)`;
    sayVerdict(verdict, right, counted, [...paragraphs, ...(right ? otherChoices(asked, value) : [])]);
    typeset(model, verdict);
  };
  const root = make("section", { class: "ocp ocp-game", "aria-label": "Quiz" }, question.form, verdict, note.element);
  const answered = model.get("answered");
  if ("tries" in answered) question.fill(answered.given);
  show();
  el.append(root);
  typeset(model, root);
  return listening(model, { "change:answered": show, "change:note": note.show });
}

/**
 * Once it is right: what the choices not taken would have taught.
 * @param {QuizQuestion} asked
 * @param {number | number[]} value
 */
function otherChoices(asked, value) {
  if (asked.kind === "number") return [];
  const others = asked.options.filter((_, i) => !(Array.isArray(value) && value.includes(i)));
  if (!others.length) return [];
  const items = others.map((option) =>
    make("li", {}, ...marked(option.text), make("br"), make("span", { class: "ocp-why" }, ...marked(option.why))),
  );
  return [make("details", {}, make("summary", {}, "The other choices"), make("ul", {}, ...items))];
}

export default { render };
