// The front end of `clinic`: shows a patient, judges what is said of it, shows the fault. The next one is the kernel's.

import { make, control, numbers, theme, whenLooksChange, asker } from "../engine/page.js";
import { marked, typeset, questionForm, sayVerdict } from "../engine/question.js";
import { drawSurface } from "../engine/surface.js";
import { drawPlots } from "../engine/plots.js";

function render({ model, el }) {
  const parts = clinicParts();
  const background = new Image();
  const kernel = asker(model, parts.silence);
  let scene = decodedCase(model.get("case"));
  let question = null;

  const draw = () => {
    const colours = theme(parts.root);
    drawSurface(parts.surface, scene, background, colours);
    const beside = parts.curves.offsetTop === parts.surface.offsetTop;
    const height = beside ? parts.surface.clientHeight : 0;
    const legend = [["patient", colours.path, false], ["reference", colours.ink, true]];
    const rows = scene.rows.map((row) => ({ ...row, curves: row.curves.map((one) => ({ ...one, colour: colours.path })) }));
    drawPlots(parts.curves, rows, { height, legend, headings: scene.axes }, colours);
  };
  const answer = (answered) => {
    model.set("answered", answered);
    model.save_changes();
  };
  const tries = () => model.get("answered").tries ?? 0;
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
    const { choice, right, shown, tries: count } = model.get("answered");
    parts.verdict.replaceChildren();
    parts.giveUp.hidden = Boolean(right || shown);
    if (!count) return;
    if (choice !== null) question.fill([choice]);
    const opened = right || shown;
    if (opened) question.lock();
    const words = right
      ? `Right: that is the fault (${count === 1 ? "at the first try" : `try ${count}`}).`
      : shown
        ? "This is the fault."
        : `Not this one (try ${count}): look again.`;
    const elsewhere = opened ? [] : [make("p", {}, `With that fault ${following(scene.ends[choice])}`)];
    sayVerdict(parts.verdict, shown ? null : right, words, opened ? fault(scene) : elsewhere);
    typeset(model, parts.verdict);
  };
  const remark = () => {
    parts.note.textContent = model.get("note");
    parts.note.hidden = !parts.note.textContent;
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
  remark();
  model.on("change:answered", show);
  model.on("change:note", remark);
  model.on("change:case", renew);
  const forget = whenLooksChange(parts.root, draw);
  return () => {
    forget();
    kernel.stop();
    model.off("change:answered", show);
    model.off("change:note", remark);
    model.off("change:case", renew);
  };
}

function clinicParts() {
  const parts = {
    title: make("h4", { class: "ocp-title" }),
    setting: make("p", {}),
    surface: make("canvas", { class: "ocp-surface", role: "img" }),
    curves: make("canvas", { class: "ocp-curves", role: "img" }),
    ask: make("div", {}),
    verdict: make("div", { class: "ocp-verdict", "aria-live": "polite" }),
    giveUp: control("button", { type: "button", class: "ocp-button" }, "Show the fault"),
    next: control("button", { type: "button", class: "ocp-button" }, "Next patient"),
    silence: make("p", { class: "ocp-silence", role: "status" }, "The kernel does not answer: run this cell again for the next patient."),
    note: make("p", { class: "ocp-note", role: "status" }),
    live: make("p", { class: "ocp-live", "aria-live": "polite" }),
  };
  parts.silence.hidden = true;
  parts.root = make(
    "section",
    { class: "ocp ocp-game ocp-wide ocp-clinic", "aria-label": "Clinic" },
    parts.title,
    parts.setting,
    make("div", { class: "ocp-scene" }, parts.surface, parts.curves),
    parts.ask,
    parts.verdict,
    parts.note,
    make("div", { class: "ocp-buttons" }, parts.giveUp, parts.next),
    parts.silence,
    parts.live,
  );
  return parts;
}

// Words for what is drawn, to be seen and to be read out.
function describe(parts, scene) {
  parts.title.textContent = scene.title;
  parts.setting.textContent = `${scene.problem}; ${scene.hypers}. ${scene.about} ${scene.note}`;
  parts.surface.setAttribute("aria-label", `Contours of the loss with the patient's path and the reference's. ${scene.summary}`);
  const names = scene.rows.map((row) => row.name).join(", ");
  parts.curves.setAttribute("aria-label", `Curves over the steps of the patient and the reference: ${names}. ${scene.outcome}`);
}

// The sentence, the lines that differ, and the way to mend them.
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

// A sentence on an end ("Diverges: ...", "The path ...") as the rest of another.
function following(end) {
  return end.replace(/^Diverges/, "it diverges").replace(/^The/, "the");
}

// A case with its bytes as numbers, and its curves in rows of plots: the loss, then a row for each trace.
function decodedCase(sent) {
  const rows = [
    { name: "loss", tall: 1.7, powers: true, curves: [{ values: numbers(sent.loss), ghost: numbers(sent.ghost_loss) }] },
    ...sent.traces.map((trace) => {
      const [own, theirs] = [coordinates(trace), coordinates(sent.ghost_traces[trace.name])];
      return { name: trace.name, tall: 1, curves: own.map((values, i) => ({ values, ghost: theirs?.[i] })) };
    }),
  ];
  return { ...sent, path: numbers(sent.path), ghost: numbers(sent.ghost), rows };
}

// The two coordinates of a trace, or null where there is none.
function coordinates(trace) {
  if (!trace) return null;
  const both = Array.from(numbers(trace.data), (value) => value * 10 ** trace.power);
  return [0, 1].map((which) => both.filter((_, i) => i % 2 === which));
}

export default { render };
