// The front end of `predict`: asks, holds the picture back until the answer is committed, then unlocks its slider.

import { px, py, ticks, cleared, drawAxes, drawCross, drawDot, write } from "../engine/drawing.js";
import { make, control, numbers, theme, whenLooksChange, announcer } from "../engine/page.js";
import { marked, typeset, freshId, questionForm, sayVerdict } from "../engine/question.js";
import { typedNumber, isWithinFactor } from "../engine/scoring.js";
import { surfaceBox, drawSurface } from "../engine/surface.js";
import { drawPlots } from "../engine/plots.js";

function render({ model, el }) {
  const asked = model.get("asked");
  const strip = model.get("strip");
  const [paths, losses] = [numbers(strip.paths), numbers(strip.losses)];
  const records = strip.steps + 1;
  const background = new Image();
  let position = strip.opening;

  const id = freshId();
  const surface = make("canvas", { class: "ocp-surface", role: "img" });
  const curves = make("canvas", { class: "ocp-curves", role: "img" });
  const verdict = make("div", { class: "ocp-verdict", "aria-live": "polite" });
  const whose = make("p", { class: "ocp-note" }, asked.note);
  const note = make("p", { class: "ocp-note", role: "status" });
  const live = make("p", { class: "ocp-live", "aria-live": "polite" });
  const announce = announcer(live);
  const range = { type: "range", min: 0, max: strip.positions.length - 1, step: 1 };
  const slider = control("input", { id, ...range, "aria-describedby": `${id}-meaning` });
  const value = make("output", { for: id });
  const words = make("p", { class: "ocp-outcome" });
  const meaning = make("small", { id: `${id}-meaning` }, strip.meaning);
  const row = make("div", { class: "ocp-control" }, make("label", { for: id }, strip.name), value, slider, meaning);
  const again = control("button", { type: "button", class: "ocp-button" }, "Back to the question's value");
  const unlocked = make("div", { class: "ocp-panel ocp-unlocked" }, words, row, again);
  const question = questionForm({
    kind: asked.kind,
    question: asked.question,
    options: asked.options.map((option) => option.text),
    hint: asked.counts ? "Your number, or never:" : "Your number:",
    button: "Commit",
    asks: asked.kind === "number" ? "Write a number first: a rough one will do." : "Choose one first.",
    submitted: (given) => {
      const said = asked.kind === "number" ? numberSaid(given) : asked.options[given[0]].key;
      if (Number.isNaN(said)) return `“${given}” is no number: write one such as 40 or 1e-3.`;
      model.set("answered", { given, said: said === Infinity ? "never" : said, right: isRight(asked, said) });
      model.save_changes();
      // The form is locked now, and its button gone; JupyterLab first takes the focus that they lose.
      requestAnimationFrame(() => slider.focus({ preventScroll: true }));
      return "";
    },
  });
  const root = make(
    "section",
    { class: "ocp ocp-game ocp-wide ocp-predict", "aria-label": "Prediction" },
    make("div", { class: "ocp-ask" }, whose, question.form, verdict, note),
    make("div", { class: "ocp-scene" }, surface, unlocked, curves),
    live,
  );
  whose.hidden = !asked.note;

  const committed = () => "said" in model.get("answered");
  const draw = () => {
    const colours = theme(root);
    const frame = { view: strip.view, axes: strip.axes, optimum: strip.optimum, ghost: null };
    if (!committed()) {
      drawStart(surface, { ...frame, start: paths.slice(0, 2) }, background, colours);
      return;
    }
    const path = paths.slice(2 * records * position, 2 * records * (position + 1));
    const diverged = strip.diverged[position] < 0 ? null : strip.diverged[position];
    drawSurface(surface, { ...frame, path, diverged }, background, colours);
    const loss = losses.slice(records * position, records * (position + 1));
    const beside = curves.offsetTop === surface.offsetTop;
    const mark = strip.target === null ? null : Math.log10(strip.target);
    const plot = { name: "loss", tall: 3, powers: true, mark, curves: [{ values: loss, colour: colours.path }] };
    drawPlots(curves, [plot], { height: beside ? surface.clientHeight : 0 }, colours);
  };
  const move = (to) => {
    position = to;
    const at = String(Number(strip.positions[position].toPrecision(4)));
    const [kind, outcome] = [strip.kinds[position], strip.outcomes[position].replaceAll("->", "→")];
    slider.value = position;
    value.textContent = at;
    slider.setAttribute("aria-valuetext", `${at}: it ${kind}s`);
    words.replaceChildren(make("strong", {}, `${strip.name} = ${at}: it ${kind}s.`), ` ${outcome}`);
    const said = `${strip.name} = ${at}: it ${kind}s. ${outcome}`;
    surface.setAttribute("aria-label", `Contours of the loss and the path over them. ${said}`);
    curves.setAttribute("aria-label", `The loss over ${strip.steps} steps. ${said}`);
    draw();
  };
  const show = () => {
    unlocked.hidden = curves.hidden = !committed();
    root.classList.toggle("ocp-committed", committed());
    if (!committed()) {
      surface.setAttribute("aria-label", "Contours of the loss with the start; the path is shown once you commit.");
      draw();
      return;
    }
    const { given, said, right } = model.get("answered");
    question.fill(given);
    question.lock();
    sayVerdict(verdict, right, verdictWords(asked, said, right), [make("p", {}, ...marked(asked.why))]);
    typeset(model, verdict);
    move(position);
  };
  const remark = () => {
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
  };
  slider.oninput = () => {
    move(Number(slider.value));
    announce(words.textContent);
  };
  again.onclick = () => {
    move(strip.opening);
    announce(words.textContent);
  };
  background.onload = draw;
  background.src = strip.background;
  el.append(root);
  typeset(model, root);
  show();
  remark();
  model.on("change:answered", show);
  model.on("change:note", remark);
  const ended = whenLooksChange(root, draw);
  return () => {
    ended();
    announce.stop();
    model.off("change:answered", show);
    model.off("change:note", remark);
  };
}

function numberSaid(given) {
  return /^(never|no|∞|inf(inity)?)$/i.test(given) ? Infinity : typedNumber(given);
}

function isRight(asked, said) {
  if (asked.kind === "one") return said === asked.truth;
  const truth = asked.truth === "never" ? Infinity : asked.truth;
  return isWithinFactor(said, truth, asked.factor);
}

function verdictWords(asked, said, right) {
  const begin = right ? "As you predicted." : "Not as you predicted.";
  if (asked.kind === "one") return right ? `${begin} It ${asked.truth}s.` : `${begin} You said it ${said}s; it ${asked.truth}s.`;
  const number = asked.truth === "never" ? "never" : String(Number(asked.truth.toPrecision(4)));
  const ratio = Math.max(said / asked.truth, asked.truth / said); // no number where one of them is "never"
  const off = Number.isFinite(ratio) && ratio > 1 ? `, a factor of ${Number(ratio.toPrecision(2))} apart` : "";
  return `${begin} You said ${said}; the run says ${number}${off}. A factor of up to ${asked.factor} counts as right.`;
}

// The surface with its minimum and the start: all that is known before a prediction.
function drawStart(canvas, { view, axes, optimum, start }, background, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const box = surfaceBox(width, view);
  const context = cleared(canvas, width, box.height + 50);
  if (background.complete && background.naturalWidth)
    context.drawImage(background, box.left, box.top, box.width, box.height);
  drawAxes(context, box, colours, { xTicks: ticks(box.x, 6), yTicks: ticks(box.y, 6), x: axes[0], y: axes[1] });
  context.font = `600 12px ${colours.font}`;
  const label = ([x, y], words) => write(context, words, x, y - 18, colours.ink, "center", "middle", colours.paper);
  if (optimum) {
    const at = [px(box, optimum[0]), py(box, optimum[1])];
    drawCross(context, at, 7, colours.ink, colours.paper);
    label(at, "minimum");
  }
  const at = [px(box, start[0]), py(box, start[1])];
  drawDot(context, at, 6, colours.paper, colours.path);
  label(at, "start");
}

export default { render };
