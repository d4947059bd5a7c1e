// The front end of `compare`: plays what the kernel sent once; asks it only where a learning rate is moved.

import { px, py, ticks, power, cleared, drawAxes, drawCurve, drawArrow, extent, line } from "../engine/drawing.js";
import { make, control, numbers, theme, whenLooksChange, announcer, asker, figure, digits } from "../engine/page.js";
import { drawPaths, drawMarker } from "../engine/paths.js";
import { saveButtons } from "../engine/download.js";

const LOSSES_MARGIN = { left: 54, right: 12, top: 10, bottom: 40 };
const LEAST = -10; // losses below 1e-10 are drawn off the bottom
const ABOVE = 3; // and those a thousand times the first one, off the top
const PACE = 0.12; // seconds for a step, where there are few
const LONGEST_PLAY = 8; // seconds for all of them
const JUMPS = 8; // where motion is to be reduced, it plays in so many still pictures, one a second

function render({ model, el }) {
  const parts = frameOf(`optcourse-compare-${Math.random().toString(36).slice(2)}`);
  const background = new Image();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const announce = announcer(parts.live);
  const kernel = asker(model, parts.silence);
  let scene = decodedScene(model.get("scene"));
  let step = scene.steps;
  let motion = null; // what ends the playing, while it plays

  const drawOn = (surface, losses) => {
    const colours = theme(parts.root);
    const tracks = scene.entrants.map((one) => ({ ...one, ...one.look, colour: colours.dark ? one.look.dark : one.look.light }));
    drawPaths(surface, { ...scene, tracks, step }, background, colours);
    const beside = parts.losses.offsetTop === parts.surface.offsetTop;
    drawLosses(losses, beside ? parts.surface.clientHeight : 240, { ...scene, tracks, step }, colours);
    drawSwatches(parts.table, tracks, colours);
  };
  const draw = () => drawOn(parts.surface, parts.losses);
  const show = (to) => {
    step = Math.min(Math.max(Math.round(to), 0), scene.steps);
    parts.slider.value = step;
    parts.slider.setAttribute("aria-valuetext", `step ${step} of ${scene.steps}`);
    parts.at.textContent = `${step} of ${scene.steps}`;
    fillTable(parts.table, scene, step);
    draw();
  };
  const words = () => `Step ${step}. ${scene.entrants.map((one) => `${one.label}: ${lossWords(one, step)}`).join("; ")}.`;
  const pause = () => {
    motion?.();
    motion = null;
    parts.play.textContent = "Play";
  };
  const play = () => {
    if (step === scene.steps) show(0);
    parts.play.textContent = "Pause";
    const moved = (to) => {
      show(to);
      if (step < scene.steps) return;
      pause();
      announce(words());
    };
    motion = still.matches ? jumping(scene.steps, step, moved) : gliding(scene.steps, step, moved);
  };
  const scrub = (to) => {
    pause();
    show(to);
    announce(words());
  };
  const open = () => {
    describeScene(parts, scene);
    buildTable(parts.table, scene);
    parts.slider.max = scene.steps;
    show(step);
  };

  parts.play.onclick = () => {
    if (!motion) return play();
    pause();
    announce(words());
  };
  parts.slider.oninput = () => scrub(Number(parts.slider.value));
  parts.losses.onpointerdown = parts.losses.onpointermove = (event) => {
    if (event.buttons & 1) scrub(lossesStep(parts.losses, scene, event));
  };
  parts.saving.append(
    ...saveButtons(() => {
      const [title, description] = [parts.title.textContent, `${scene.summary}\n${words()}`];
      return { canvases: [parts.surface, parts.losses], redraw: drawOn, title, description, paper: theme(parts.root).paper };
    }, "ocp-button"),
  );
  buildRates(parts, scene, (lr) => kernel.ask({ lr }));
  fillDetails(parts.details, () => scene);
  el.append(parts.root);
  open();
  const repaint = () => (background.src = model.get("background"));
  const renew = () => {
    const next = model.get("scene");
    if (!kernel.answered(next.serial)) return;
    scene = decodedScene(next);
    open();
    parts.details.open = false;
    announce(words());
  };
  background.onload = draw;
  repaint();
  model.on("change:background", repaint);
  model.on("change:scene", renew);
  const forget = whenLooksChange(parts.root, draw);
  return () => {
    pause();
    forget();
    announce.stop();
    kernel.stop();
    model.off("change:background", repaint);
    model.off("change:scene", renew);
  };
}

// Play from a step on, smoothly; returns what stops it.
function gliding(steps, from, moved) {
  const seconds = Math.min(steps * PACE, LONGEST_PLAY);
  let request = null;
  let begun = null;
  const tick = (now) => {
    begun ??= now;
    request = requestAnimationFrame(tick); // first, so that who is told can stop it
    moved(Math.floor(from + ((now - begun) / 1000 / seconds) * steps));
  };
  request = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(request);
}

// Play from a step on, as a few still pictures; returns what stops it.
function jumping(steps, from, moved) {
  let at = from;
  const timer = setInterval(() => moved((at += Math.ceil(steps / JUMPS))), 1000);
  return () => clearInterval(timer);
}

function frameOf(id) {
  const parts = {
    title: make("h4", { class: "ocp-title", id: `${id}-title` }),
    notes: make("div", { class: "ocp-notes" }),
    surface: make("canvas", { role: "img" }),
    losses: make("canvas", { role: "img", class: "ocp-scrub" }),
    play: control("button", { type: "button", class: "ocp-button" }, "Play"),
    slider: control("input", { id: `${id}-step`, type: "range", min: 0, step: 1, "aria-label": "step" }),
    at: make("output", { for: `${id}-step` }),
    table: make("table", { class: "ocp-table ocp-standing" }),
    rates: make("fieldset", { class: "ocp-rates" }, make("legend", {}, "Learning rates")),
    silence: make("p", { class: "ocp-silence", role: "status" }, "The kernel does not answer: run this cell again to move the learning rates."),
    details: make("details", { class: "ocp-details" }, control("summary", {}, "The losses as a table")),
    saving: make("div", { class: "ocp-saving" }),
    about: make("p", { class: "ocp-small" }),
    live: make("p", { class: "ocp-live", "aria-live": "polite" }),
    id,
  };
  parts.silence.hidden = true;
  parts.root = make(
    "section",
    { class: "ocp ocp-compare", "aria-labelledby": `${id}-title` },
    parts.title,
    parts.notes,
    parts.about,
    make("div", { class: "ocp-pair" }, parts.surface, parts.losses),
    make("div", { class: "ocp-player" }, parts.play, make("label", { for: `${id}-step` }, "step"), parts.slider, parts.at),
    parts.table,
    make("p", { class: "ocp-small" }, "* The first step at which the loss above the minimum is 1/1000 of what it was at the start."),
    parts.rates,
    parts.silence,
    parts.details,
    parts.saving,
    parts.live,
  );
  return parts;
}

function describeScene(parts, scene) {
  parts.title.textContent = `Compared on: ${scene.problem}`;
  parts.notes.replaceChildren(...scene.notes.map((note) => make("p", { class: "ocp-note" }, note)));
  parts.about.textContent = scene.about;
  parts.about.hidden = !scene.about;
  parts.surface.setAttribute("aria-label", `Contours of the loss and the paths over them. ${scene.summary}`);
  parts.losses.setAttribute("aria-label", "Curves of the losses over the steps, on a logarithmic scale. The table below has their figures.");
}

function buildTable(table, scene) {
  const heads = ["place", "rule", "loss", ...(scene.optimum ? ["distance to the minimum"] : []), "1/1000* at step"];
  const rows = scene.entrants.map((one) =>
    make(
      "tr",
      {},
      make("td"),
      make("th", { scope: "row" }, make("canvas", { class: "ocp-swatch", "aria-hidden": "true" }), make("span", {}, one.label), make("small", {}, one.told)),
      ...heads.slice(2).map(() => make("td")),
    ),
  );
  table.replaceChildren(
    make("caption"),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows),
  );
}

function fillTable(table, scene, step) {
  table.caption.textContent = `Standing at step ${step}`;
  const losses = scene.entrants.map((one) => (over(one, step) ? Infinity : Math.max(one.loss[step], -9)));
  scene.entrants.forEach((one, i) => {
    const cells = [...table.tBodies[0].rows[i].cells];
    const place = 1 + losses.filter((loss) => loss < losses[i]).length;
    const arrived = one.arrived !== null && one.arrived <= step ? String(one.arrived) : step === scene.steps ? "not reached" : "not yet";
    const distance = one.distance ? [over(one, step) ? "–" : figure(one.distance[step])] : [];
    const texts = [over(one, step) ? "–" : String(place), null, lossWords(one, step), ...distance, arrived];
    texts.forEach((text, column) => text !== null && (cells[column].textContent = text));
    if (outside(scene, one, step)) cells[2].append(make("small", {}, "outside the picture"));
  });
}

function over(one, step) {
  return one.diverged !== null && one.diverged <= step;
}

function outside({ view }, one, step) {
  const at = [one.path[2 * step], one.path[2 * step + 1]];
  return !over(one, step) && view.some(([low, high], axis) => at[axis] < low || at[axis] > high);
}

function lossWords(one, step) {
  return over(one, step) ? `diverged at step ${one.diverged}` : figure(one.loss[step]);
}

// A sample of each line with its marker, in the table.
function drawSwatches(table, tracks, colours) {
  table.querySelectorAll(".ocp-swatch").forEach((canvas, i) => {
    const context = cleared(canvas, 46, 16);
    const track = tracks[i];
    context.lineWidth = 2;
    context.setLineDash(track.dash);
    line(context, [1, 8], [45, 8], track.colour);
    drawMarker(context, track.marker, [23, 8], 5, track.colour, colours.paper);
  });
}

function lossesBox(width, height, scene) {
  const box = { ...LOSSES_MARGIN, width: width - LOSSES_MARGIN.left - LOSSES_MARGIN.right };
  const [least, most] = extent(...scene.entrants.map((one) => one.loss)) ?? [0, 1];
  const first = scene.entrants[0].loss[0];
  const [low, high] = [Math.floor(Math.max(least, LEAST)), Math.ceil(Math.min(most, Number.isFinite(first) ? first + ABOVE : ABOVE))];
  return { ...box, height: height - LOSSES_MARGIN.top - LOSSES_MARGIN.bottom, x: [0, scene.steps], y: [low, Math.max(high, low + 1)] };
}

// The losses over the steps: faint beyond the step, with a marker each at the step.
function drawLosses(canvas, height, scene, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const context = cleared(canvas, width, height);
  const box = lossesBox(width, height, scene);
  const { step, tracks } = scene;
  const xTicks = ticks(box.x, 5).filter(Number.isInteger);
  const yTicks = ticks(box.y, 6).filter(Number.isInteger);
  drawAxes(context, box, colours, { xTicks, yTicks, yText: power, x: "step", y: "loss", grid: true });
  for (const track of tracks) {
    context.globalAlpha = 0.3;
    drawCurve(context, box, track.loss, { colour: track.colour, dash: track.dash });
    context.globalAlpha = 1;
    drawCurve(context, box, track.loss.subarray(0, step + 1), { colour: track.colour, dash: track.dash, width: 2 });
    const high = track.loss.findIndex((loss) => loss > box.y[1]);
    if (high < 1 || high > step) continue;
    const [x, top] = [px(box, high), box.top];
    drawArrow(context, [x, top + 20], [x, top + 6], track.colour, colours.paper, 9);
  }
  const x = Math.round(px(box, step)) + 0.5;
  context.lineWidth = 1;
  context.setLineDash([]);
  line(context, [x, box.top], [x, box.top + box.height], colours.muted);
  for (const track of tracks) {
    const at = track.loss[step];
    if (at >= box.y[0] && at <= box.y[1])
      drawMarker(context, track.marker, [px(box, step), py(box, at)], 5.5, track.colour, colours.paper);
  }
}

// The step under a pointer on the loss curves.
function lossesStep(canvas, scene, event) {
  const box = lossesBox(canvas.clientWidth, canvas.clientHeight, scene);
  return ((event.clientX - canvas.getBoundingClientRect().left - box.left) / box.width) * scene.steps;
}

// A slider for each learning rate that is a number.
function buildRates(parts, scene, asked) {
  const lr = {};
  scene.entrants.forEach((one, i) => {
    if (!one.rates) return;
    const { positions, at } = one.rates;
    lr[i] = at;
    const id = `${parts.id}-lr-${i}`;
    const input = control("input", { id, type: "range", min: 0, max: positions.length - 1, step: 1, value: positions.indexOf(at) });
    const value = make("output", { for: id });
    const say = () => {
      const words = digits(positions[Number(input.value)]);
      value.textContent = words;
      input.setAttribute("aria-valuetext", words);
    };
    input.oninput = () => {
      say();
      lr[i] = positions[Number(input.value)];
      asked({ ...lr });
    };
    say();
    const twins = scene.entrants.filter((other) => other.name === one.name).length > 1;
    const words = `lr of ${one.name}${twins ? `, row ${i + 1}` : ""}`;
    parts.rates.append(make("div", { class: "ocp-control" }, make("label", { for: id }, words), value, input));
  });
  parts.rates.hidden = parts.rates.children.length === 1;
}

// Some twenty steps with each loss, made when it is opened.
function fillDetails(details, sceneNow) {
  details.ontoggle = () => {
    details.querySelector("div")?.remove();
    if (!details.open) return;
    const scene = sceneNow();
    const every = Math.max(1, Math.ceil(scene.steps / 20));
    const steps = [...Array(scene.steps + 1).keys()].filter((step) => step % every === 0 || step === scene.steps);
    const head = make("tr", {}, make("th", { scope: "col" }, "step"), ...scene.entrants.map((one) => make("th", { scope: "col" }, one.label)));
    const rows = steps.map((step) =>
      make("tr", {}, make("th", { scope: "row" }, String(step)), ...scene.entrants.map((one) => make("td", {}, over(one, step) ? "diverged" : figure(one.loss[step])))),
    );
    const table = make("table", { class: "ocp-table" }, make("caption", {}, "Loss after each step"), make("thead", {}, head), make("tbody", {}, ...rows));
    details.append(control("div", { class: "ocp-scroll", tabindex: 0, role: "region", "aria-label": "The losses as a table" }, table));
  };
}

// The scene with its bytes as numbers.
function decodedScene(scene) {
  const entrants = scene.entrants.map((one) => ({
    ...one,
    path: numbers(one.path),
    loss: numbers(one.loss),
    distance: one.distance && numbers(one.distance),
  }));
  return { ...scene, entrants };
}

export default { render };
