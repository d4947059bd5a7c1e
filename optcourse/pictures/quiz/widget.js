// The front end of `quiz`: asks, judges, explains. It needs a kernel only to keep the progress.

import { make } from "../engine/page.js";
import { marked, typeset, questionForm, sayVerdict } from "../engine/question.js";
import { typedNumber, judged } from "../engine/scoring.js";

function render({ model, el }) {
  const asked = model.get("asked");
  const verdict = make("div", { class: "ocp-verdict", "aria-live": "polite" });
  const note = make("p", { class: "ocp-note", role: "status" });
  const many = asked.kind === "several" ? "Tick all that hold, then submit." : "Choose an answer, then submit.";
  const question = questionForm({
    kind: asked.kind,
    question: asked.question,
    options: (asked.options ?? []).map((option) => option.text),
    hint: "Your number:",
    button: "Submit",
    asks: asked.kind === "number" ? "Write a number, such as 0.25, 1e-3 or 1/3." : many,
    submitted: (given) => {
      const value = asked.kind === "number" ? typedNumber(given) : given;
      if (Number.isNaN(value)) return `“${given}” is no number: write one such as 0.25, 1e-3 or 1/3.`;
      const tries = (model.get("answered").tries ?? 0) + 1;
      model.set("answered", { given, tries, right: judged(asked, value).right });
      model.save_changes();
      return "";
    },
  });
  const show = () => {
    const { given, tries } = model.get("answered");
    if (!tries) return;
    const value = asked.kind === "number" ? typedNumber(given) : given;
    const { right, words, why } = judged(asked, value);
    const paragraphs = why.map(([mark, text]) =>
      make("p", {}, ...(mark ? [make("strong", {}, `${mark}: `)] : []), ...marked(text)),
    );
    const counted = right ? `${words} (try ${tries})` : `${words} (try ${tries}; you can try again)`;
    sayVerdict(verdict, right, counted, [...paragraphs, ...(right ? rest(asked, value) : [])]);
    typeset(model, verdict);
  };
  const remark = () => {
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
  };
  const root = make("section", { class: "ocp ocp-game", "aria-label": "Quiz" }, question.form, verdict, note);
  if (model.get("answered").tries) question.fill(model.get("answered").given);
  show();
  remark();
  el.append(root);
  typeset(model, root);
  model.on("change:answered", show);
  model.on("change:note", remark);
  return () => {
    model.off("change:answered", show);
    model.off("change:note", remark);
  };
}

// Once it is right: what the choices not taken would have taught.
function rest(asked, value) {
  if (asked.kind === "number") return [];
  const others = asked.options.filter((_, i) => !value.includes(i));
  if (!others.length) return [];
  const items = others.map((option) =>
    make("li", {}, ...marked(option.text), make("br"), make("span", { class: "ocp-why" }, ...marked(option.why))),
  );
  return [make("details", {}, make("summary", {}, "The other choices"), make("ul", {}, ...items))];
}

export default { render };
