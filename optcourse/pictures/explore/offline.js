// `explore` without a kernel: what it answers, from the strips that offline.py kept. Knows no page.

import { bytesOf, figure, numbers } from "../engine/page.js";

/**
 * @import { ExplorerAnswers, ExplorerFrame, ExplorerQuestion, ExplorerState, KeptStrip, KeptTrace, Standing } from "../wire/protocol.js"
 */
/**
 * A frame with its arrays as numbers.
 * @typedef {{ name: string, power: number, data: Float32Array }} Trace32
 * @typedef {Omit<ExplorerFrame, "path" | "loss" | "ghost" | "ghost_loss" | "traces"> & { path: Float32Array,
 *   loss: Float32Array, ghost: Float32Array | null, ghost_loss: Float32Array | null, traces: Trace32[], rough?: boolean,
 *   rounded?: boolean }} Frame32
 */

/**
 * One slider (or the start, which has two) is away from where it opens; steps cut any path short.
 * @param {ExplorerState} state
 * @param {ExplorerAnswers} answers
 * @returns {(question: ExplorerQuestion) => { frame: ExplorerFrame }}
 */
export function ofExplorer({ frame, controls }, { strips, presets }) {
  const opening = frame.values;
  /** @param {string} name */
  const positions = (name) => {
    const found = controls.find((one) => one.name === name);
    return found?.kind === "slider" ? found.positions : [];
  };
  const base = frame32(frame);
  let now = opening;
  return ({ serial = 0, values = {}, preset }) => {
    const found = preset && presets[preset];
    const wanted = { ...opening, ...values, ...(found && { lr: found.lr }) };
    now = standingAfter(opening, now, wanted, found ? "lr" : undefined);
    const away = awayFrom(opening, now);
    const start = () => positions("y").indexOf(Number(now.y)) * positions("x").length + positions("x").indexOf(Number(now.x));
    const picture =
      away === undefined ? base
      : ["x", "y"].includes(away) ? stripPicture(strips.start, start(), base)
      : stripPicture(strips[away], positions(away).indexOf(Number(now[away])), base);
    const early = found && now.steps !== opening.steps ? `Found for ${opening.steps} steps.` : "";
    const said = [found?.said, early].filter(Boolean).join(" ");
    return { frame: { ...cutShort(picture, Number(now.steps)), serial, values: now, said } };
  };
}

/**
 * The control that is not where it opens, but for the steps.
 * @param {Standing} opening
 * @param {Standing} now
 */
function awayFrom(opening, now) {
  return Object.keys(now).find((name) => name !== "steps" && now[name] !== opening[name]);
}

/**
 * Where the controls stand after a wish: what was moved last is away from where it opens, and the steps.
 * @param {Standing} opening
 * @param {Standing} now
 * @param {Standing} wanted
 * @param {string} [moved] what is moved, where that is known
 * @returns {Standing}
 */
export function standingAfter(opening, now, wanted, moved = awayFrom(now, wanted)) {
  const kept = moved === undefined ? Object.keys(now) : ["x", "y"].includes(moved) ? ["x", "y"] : [moved];
  const from = moved === undefined ? now : wanted;
  return { ...opening, ...Object.fromEntries(kept.map((name) => [name, from[name]])), steps: wanted.steps };
}

/**
 * @param {ExplorerFrame} frame
 * @returns {Frame32}
 */
function frame32(frame) {
  return {
    ...frame,
    path: numbers(frame.path),
    loss: numbers(frame.loss),
    ghost: frame.ghost && numbers(frame.ghost),
    ghost_loss: frame.ghost && frame.ghost_loss && numbers(frame.ghost_loss),
    traces: frame.traces.map((one) => ({ ...one, data: numbers(one.data) })),
  };
}

/**
 * The picture of a strip with this number; what it doesn't hold is as in `base`.
 * @param {KeptStrip} strip
 * @param {number} number
 * @param {Frame32} base
 * @returns {Frame32}
 */
export function stripPicture(strip, number, base) {
  const records = strip.lengths[number];
  const longest = strip.loss.length / strip.lengths.length;
  /** @param {Float32Array | undefined} all @param {number} width */
  const part = (all, width) => (all ?? new Float32Array()).slice(width * longest * number, width * (longest * number + records));
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

/**
 * A trace from its codes, as the kernel sends one: float32, in units of ten to a power where it is huge.
 * @param {KeptTrace} trace
 * @param {number} number
 * @param {number} records
 */
export function traceOf({ codes, ranges }, number, records) {
  const [low, high] = new Float64Array(bytesOf(ranges)).subarray(2 * number);
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

/**
 * A picture's first steps.
 * @param {Frame32} picture
 * @param {number} steps
 * @returns {Frame32}
 */
export function cutShort(picture, steps) {
  if (steps >= picture.loss.length - 1) return picture;
  const early = picture.diverged !== null && picture.diverged <= steps;
  const outcome = early ? picture.outcome : cutWords(picture, steps);
  /** @param {Float32Array} all @param {number} width */
  const cut = (all, width) => all.slice(0, width * (steps + 1));
  return {
    ...picture,
    outcome,
    summary: picture.summary.replace(picture.outcome, outcome).replace(/\d+ steps from/, `${steps} steps from`),
    code: picture.code.replace(/steps=\d+/, `steps=${steps}`),
    diverged: early ? picture.diverged : null,
    path: cut(picture.path, 2),
    loss: cut(picture.loss, 1),
    ghost: picture.ghost && cut(picture.ghost, 2),
    ghost_loss: picture.ghost_loss && cut(picture.ghost_loss, 1),
    traces: picture.traces.map((trace) => ({ ...trace, data: cut(trace.data, 2) })),
  };
}

/**
 * Where a path is after some steps, as exactly as a saved place is known.
 * @param {Pick<Frame32, "path" | "loss" | "view" | "axes">} picture
 * @param {number} steps
 */
export function cutWords({ path, loss, view, axes }, steps) {
  const place = view.map(([low, high], axis) => {
    const decimals = Math.max(0, -Math.ceil(Math.log10((high - low) / 5600)));
    return String(Number(path[2 * steps + axis].toFixed(decimals)) + 0);
  });
  const at = axes[1] === "loss" ? `theta = ${place[0]}` : `(${place.join(", ")})`;
  return `After ${steps} step${steps === 1 ? "" : "s"} the path is at about ${at}, loss ${figure(loss[0])} -> ${figure(loss[steps])}.`;
}
