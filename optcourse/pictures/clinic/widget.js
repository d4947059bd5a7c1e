// The front end of `clinic`: shows a patient, judges what is said of it, shows the fault. The next one is the kernel's.

import { make, button, heightBeside, listening, liveLine, silenceLine, theme, whenLooksChange, asker } from "../engine/page.js";
import { marked, noteLine, typeset, questionForm, sayVerdict, verdictRegion } from "../engine/question.js";
import { drawSurface } from "../engine/surface.js";
import { DASHED, drawPlots } from "../engine/plots.js";
import { clinicWords, decodedCase, following } from "./case.js";

/**
 * @import { CaseData, ClinicAnswer, ClinicState } from "../wire/protocol.js"
 * @import { Model } from "../engine/page.js"
 * @import { QuestionForm } from "../engine/question.js"
 * @import { Case } from "./case.js"
 * @typedef {ReturnType<typeof clinicParts>} ClinicParts
 */

/** @param {{ model: Model<ClinicState>, el: HTMLElement }} view */
function render({ model, el }) {
  const note = noteLine(model);
  const parts = clinicParts(note.element);
  const background = new Image();
  /** @type {ReturnType<typeof asker<{ number: number }>>} */
  const kernel = asker(model, parts.silence);
  let scene = decodedCase(model.get("case"));
  /** @type {QuestionForm | null} */
  let question = null;

  const draw = () => {
    const colours = theme(parts.root);
    drawSurface(parts.surface, scene, background, colours);
    const rows = scene.rows.map((row) => ({ ...row, curves: row.curves.map((one) => ({ ...one, colour: colours.path })) }));
    drawPlots(
      parts.curves,
      rows,
      {
        height: heightBeside(parts.surface, parts.curves),
        legend: [["patient", colours.path, []], ["reference", colours.ink, DASHED]],
        headings: scene.axes,
      },
      colours,
    );
  };
  /** @param {ClinicAnswer} answered */
  const answer = (answered) => {
    model.set("answered", answered);
    model.save_changes();
  };
  const tries = () => {
    const answered = model.get("answered");
    return "tries" in answered ? answered.tries : 0;
  };
  const meet = () => {
    describe(parts, scene);
    question = questionForm({
      kind: "one",
      question: "Which fault is it?",
      options: scene.options,
      button: "Name the fault",
      asks: "Choose a fault first.",
      submitted: ([choice]) => answer({ choice, tries: tries() + 1, right: choice === scene.right, shown: false }),
    });
    parts.ask.replaceChildren(question.form);
    show();
    draw();
  };
  const show = () => {
    const answered = model.get("answered");
    parts.verdict.replaceChildren();
    const opened = "tries" in answered && (answered.right || answered.shown);
    parts.giveUp.hidden = opened;
    if (!("tries" in answered)) return;
    const { choice, right, shown } = answered;
    if (choice !== null) question?.fill([choice]);
    if (opened) question?.lock();
    const elsewhere = choice === null ? [] : [make("p", {}, `With that fault ${following(scene.ends[choice])}`)];
    sayVerdict(parts.verdict, shown ? null : right, clinicWords(answered), opened ? fault(scene) : elsewhere);
    typeset(model, parts.verdict);
  };
  const renew = () => {
    const next = model.get("case");
    if (!kernel.answered(next.serial)) return;
    scene = decodedCase(next);
    meet();
    parts.root.querySelector("input")?.focus({ preventScroll: true });
    parts.live.textContent = `${scene.title}. ${scene.outcome}`;
  };
  parts.giveUp.onclick = () => {
    answer({ choice: null, tries: tries() + 1, right: false, shown: true });
    parts.next.focus({ preventScroll: true });
  };
  parts.next.onclick = () => kernel.ask({ number: scene.number + 1 });
  background.onload = draw;
  background.src = model.get("background");
  el.append(parts.root);
  meet();
  const unheard = listening(model, { "change:answered": show, "change:note": note.show, "change:case": renew });
  const forget = whenLooksChange(parts.root, draw);
  return () => {
    forget();
    kernel.stop();
    unheard();
  };
}

/** @param {HTMLElement} note */
function clinicParts(note) {
  const parts = {
    title: make("h4", { class: "ocp-title" }),
    setting: make("p", {}),
    surface: make("canvas", { class: "ocp-surface", role: "img" }),
    curves: make("canvas", { class: "ocp-curves", role: "img" }),
    ask: make("div", {}),
    verdict: verdictRegion(),
    giveUp: button("Show the fault"),
    next: button("Next patient"),
    silence: silenceLine("run this cell again for the next patient."),
    live: liveLine(),
  };
  const root = make(
    "section",
    { class: "ocp ocp-game ocp-wide ocp-clinic", "aria-label": "Clinic" },
    parts.title,
    parts.setting,
    make("div", { class: "ocp-scene" }, parts.surface, parts.curves),
    parts.ask,
    parts.verdict,
    note,
    make("div", { class: "ocp-buttons" }, parts.giveUp, parts.next),
    parts.silence,
    parts.live,
  );
  return { ...parts, root };
}

/**
 * Words for what is drawn, to be seen and to be read out.
 * @param {ClinicParts} parts
 * @param {Case} scene
 */
function describe(parts, scene) {
  parts.title.textContent = scene.title;
  parts.setting.textContent = `${scene.problem}; ${scene.hypers}. ${scene.about} ${scene.note}`;
  parts.surface.setAttribute("aria-label", `Contours of the loss with the patient's path and the reference's. ${scene.summary}`);
  const names = scene.rows.map((row) => row.name).join(", ");
  parts.curves.setAttribute("aria-label", `Curves over the steps of the patient and the reference: ${names}. ${scene.outcome}`);
}

/**
 * The sentence, the lines that differ, and the way to mend them.
 * @param {Pick<CaseData, "diff" | "says" | "step" | "code">} scene
 */
function fault(scene) {
  const lines = scene.diff.flatMap(([was, becomes]) => [
    ...(becomes ? [make("span", { class: "ocp-wrong-line" }, `fault  ${becomes}\n`)] : []),
    ...(was ? [make("span", { class: "ocp-right-line" }, `right  ${was}\n`)] : []),
  ]);
  const mend = make("summary", {}, "Mend it yourself");
  const how = make("p", {}, ...marked(`Copy this into a cell, mend it, and run \`check(${scene.step})\`.`));
  return [
    make("p", {}, `Here ${scene.says}.`),
    make("pre", {}, ...lines),
    make("details", {}, mend, how, make("pre", {}, scene.code)),
  ];
}

export default { render };
