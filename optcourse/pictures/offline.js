// A picture's model without a kernel: it answers what the front end asks from what offline.py kept.

import { unpacked } from "./wire/codec.js";
import { figure } from "./engine/page.js";

// The model that a front end's render gets. `formulas` has the MathML of each $source$ in its texts.
async function savedModel(front, packed, formulas) {
  const { state, answers } = await unpacked(packed);
  const answer = { Explorer: ofExplorer, Comparison: ofComparison, Landscape: ofLandscape, Clinic: ofClinic }[front]?.(state, answers);
  const listeners = {};
  let questions = 0;
  const receive = (news) => {
    Object.assign(state, news);
    for (const name of Object.keys(news)) for (const told of listeners[`change:${name}`] ?? []) told();
  };
  return {
    get: (name) => state[name],
    set(name, value) {
      if (name === "asked") questions += 1;
      receive({ [name]: value });
    },
    save_changes() {
      if (!questions) return;
      questions = 0;
      const question = state.asked;
      queueMicrotask(() => receive(answer(question))); // a kernel never answers before it is waited for
    },
    send() {}, // a strip is asked for, and all that there is is here
    on: (name, told) => (listeners[name] ??= []).push(told),
    off: (name, told) => (listeners[name] = (listeners[name] ?? []).filter((one) => one !== told)),
    widget_manager: { _rendermime: { latexTypesetter: { typeset: (element) => typesetWith(formulas, element) } } },
  };
}

// Put the MathML of each $source$ in its place. A choice that is nothing but a formula is called by its source, as
// MathML names no control.
function typesetWith(formulas, element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("code, pre, math")) texts.push(walker.currentNode);
  for (const text of texts) {
    const parts = text.data.split(/(\$[^$]+\$)/).filter(Boolean);
    if (!parts.some((part) => formulas[part])) continue;
    const input = text.parentElement.closest("label")?.querySelector("input");
    if (input && parts.every((part) => formulas[part] || !part.trim())) input.ariaLabel = text.data.replaceAll("$", "").trim();
    text.replaceWith(...parts.map((part) => (formulas[part] ? document.createRange().createContextualFragment(formulas[part]) : part)));
  }
}

// explore: one slider (or the start, which has two) is away from where it opens; steps cut any path short.
function ofExplorer({ frame, controls }, { strips, presets }) {
  const opening = frame.values;
  const positions = Object.fromEntries(controls.map((one) => [one.name, one.positions]));
  const base = { ...frame, path: floats(frame.path), loss: floats(frame.loss), traces: frame.traces.map((one) => ({ ...one, data: floats(one.data) })) };
  if (frame.ghost) Object.assign(base, { ghost: floats(frame.ghost), ghost_loss: floats(frame.ghost_loss) });
  let now = opening;
  return ({ serial, values = {}, preset }) => {
    const wanted = { ...opening, ...values, ...(preset && { lr: presets[preset].lr }) };
    const moved = preset ? "lr" : Object.keys(wanted).find((name) => name !== "steps" && wanted[name] !== now[name]);
    const kept = ["x", "y"].includes(moved) ? ["x", "y"] : moved ? [moved] : Object.keys(now);
    const from = moved ? wanted : now;
    now = { ...opening, ...Object.fromEntries(kept.map((name) => [name, from[name]])), steps: wanted.steps };
    const away = Object.keys(now).find((name) => name !== "steps" && now[name] !== opening[name]);
    const start = () => positions.y.indexOf(now.y) * positions.x.length + positions.x.indexOf(now.x);
    const picture =
      away === undefined ? base
      : ["x", "y"].includes(away) ? stripPicture(strips.start, start(), base)
      : stripPicture(strips[away], positions[away].indexOf(now[away]), base);
    const early = preset && now.steps !== opening.steps ? `Found for ${opening.steps} steps.` : "";
    const said = [presets[preset]?.said, early].filter(Boolean).join(" ");
    return { frame: { ...cutShort(picture, now.steps), serial, values: now, said } };
  };
}

// The picture of a strip with this number; what it doesn't hold is as in `base`.
function stripPicture(strip, number, base) {
  const records = strip.lengths[number];
  const longest = strip.loss.length / strip.lengths.length;
  const part = (all, width) => all.slice(width * longest * number, width * (longest * number + records));
  return {
    ...base,
    ...strip.texts[number],
    rough: true,
    rounded: true,
    path: part(strip.path, 2),
    loss: part(strip.loss, 1),
    ghost: strip.ghosts[number] ? part(strip.ghost, 2) : null,
    ghost_loss: strip.ghosts[number] ? part(strip.ghost_loss, 1) : null,
    traces: strip.traces.map((trace) => ({ name: trace.name, ...traceOf(trace, number, records) })),
  };
}

// A trace from its codes, as the kernel sends one: float32, in units of ten to a power where it is huge.
function traceOf({ codes, ranges }, number, records) {
  const [low, high] = new Float64Array(ranges.slice(16 * number, 16 * number + 16).buffer);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const power = largest > 1e30 ? Math.floor(Math.log10(largest)) : 0;
  const unit = 10 ** -power;
  const data = new Float32Array(2 * records);
  for (let i = 0; i < 2 * records; i++) {
    const code = codes.codes[(2 * number + (i % 2)) * codes.records + (i >> 1)];
    data[i] = code === 255 ? NaN : low * unit + (code / 254) * (high * unit - low * unit);
  }
  return { power, data };
}

// A picture's first steps.
function cutShort(picture, steps) {
  if (steps >= picture.loss.length - 1) return picture;
  const early = picture.diverged !== null && picture.diverged <= steps;
  const outcome = early ? picture.outcome : cutWords(picture, steps);
  const cut = (all, width) => all && all.slice(0, width * (steps + 1));
  return {
    ...picture,
    outcome,
    summary: picture.summary.replace(picture.outcome, outcome).replace(/\d+ steps from/, `${steps} steps from`),
    code: picture.code.replace(/steps=\d+/, `steps=${steps}`),
    diverged: early ? picture.diverged : null,
    path: cut(picture.path, 2),
    loss: cut(picture.loss, 1),
    ghost: cut(picture.ghost, 2),
    ghost_loss: cut(picture.ghost_loss, 1),
    traces: picture.traces.map((trace) => ({ ...trace, data: cut(trace.data, 2) })),
  };
}

// Where a path is after some steps, as exactly as a saved place is known.
function cutWords({ path, loss, view, axes }, steps) {
  const place = view.map(([low, high], axis) => {
    const decimals = Math.max(0, -Math.ceil(Math.log10((high - low) / 5600)));
    return String(Number(path[2 * steps + axis].toFixed(decimals)) + 0);
  });
  const at = axes[1] === "loss" ? `theta = ${place[0]}` : `(${place.join(", ")})`;
  return `After ${steps} step${steps === 1 ? "" : "s"} the path is at about ${at}, loss ${figure(loss[0])} -> ${figure(loss[steps])}.`;
}

// compare: each rule at its own learning rate.
function ofComparison({ scene }, { entrants: kept }) {
  return ({ serial, lr }) => {
    const lines = scene.summary.split("\n");
    const entrants = scene.entrants.map((one, i) => {
      const at = kept[i] ? kept[i].positions.indexOf(lr[i]) : -1;
      if (at < 0) return one;
      const { positions, texts, path, loss, distance } = kept[i];
      const part = (all) => all && all.slice((at * all.length) / positions.length, ((at + 1) * all.length) / positions.length);
      lines[2 + i] = kept[i].lines[at];
      return { ...one, ...texts[at], rates: { positions, at: lr[i] }, path: part(path), loss: part(loss), distance: part(distance) };
    });
    return { scene: { ...scene, serial, entrants, summary: lines.join("\n") } };
  };
}

// landscape: the path of any cell.
function ofLandscape({ cell }, { columns, texts, stride, paths, surfaces, behind }) {
  return ({ serial, row, column }) => {
    const records = paths[row].length / columns;
    const found = { ...cell, ...texts[row * columns + column], row, column, serial };
    const diverged = found.diverged === null ? null : Math.ceil(found.diverged / stride);
    const path = paths[row].slice(column * records, (column + 1) * records);
    return { background: surfaces[behind[row]], cell: { ...found, diverged, path } };
  };
}

// clinic: the first patients, over and over.
function ofClinic(_, { cases }) {
  return ({ serial, number }) => ({ answered: {}, note: "", case: { ...cases[(number - 1) % cases.length], serial } });
}

function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export default { savedModel };
