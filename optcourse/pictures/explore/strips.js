// Strips: the paths for every position of one slider. With one at hand, dragging that slider needs no kernel.

import { bytesOf, listening } from "../engine/page.js";

/**
 * @import { ExplorerState, Standing, StripHeader, StripMessage } from "../wire/protocol.js"
 * @import { Model } from "../engine/page.js"
 * @import { Shown } from "./frame.js"
 */
/**
 * The arrays of a strip, position by position (encode.sent_strip).
 * @typedef {object} Arrays
 * @property {number} records
 * @property {number} count
 * @property {Float32Array} path
 * @property {Float32Array} loss
 * @property {Int32Array} diverged
 * @property {Uint8Array} parted
 * @property {Float32Array} ghost
 * @property {Float32Array} ghostLoss
 * @property {{ name: string, codes: Uint8Array, ranges: Float64Array }[]} traces
 */
/**
 * A wish for a strip: its slider, where the others stand, and both as one text.
 * @typedef {{ slider: string, values: Standing, key: string }} Wish
 * @typedef {Arrays & { slider: string, key: string, refused?: undefined }} Strip
 * @typedef {Wish & { refused: string }} Refusal
 */

/**
 * Asks the kernel for strips over `model`, one at a time, and keeps the last. `told(strip)` is called with each
 * answer; where there can be no strip, it has the reason as `refused`.
 * @param {Pick<Model<ExplorerState>, "send" | "on" | "off">} model
 * @param {(answer: Strip | Refusal) => void} told
 */
export function stripKeeper(model, told) {
  const name = `${Date.now()}-${Math.random()}`; // two views of one widget share its messages
  let count = 0;
  /** @type {Strip | Refusal | null} */
  let kept = null;
  /** @type {Wish & { id: string } | null} */
  let asked = null; // what the kernel is at work on
  /** @type {Wish | null} */
  let next = null; // what to ask for after that; a newer wish takes its place
  const ask = () => {
    if (!next) return;
    asked = { ...next, id: `${name}-${++count}` };
    next = null;
    model.send({ strip: asked.slider, id: asked.id, values: asked.values });
  };
  /** @param {StripMessage} message @param {DataView[]} buffers */
  const arrived = (message, buffers = []) => {
    if (!asked || message.id !== asked.id) return;
    kept = "refused" in message ? { ...asked, refused: message.refused } : { ...asked, ...arraysOf(message, buffers) };
    asked = null;
    told(kept);
    ask();
  };
  const close = listening(model, { "msg:custom": arrived });
  return {
    /** @param {string} slider @param {Standing} values */
    want(slider, values) {
      const key = standing(slider, values);
      next = kept?.key === key || asked?.key === key ? null : { slider, values, key };
      if (!asked) ask();
    },
    /**
     * The strip of a slider while the others stand at `values`, or null.
     * @param {string} slider
     * @param {Standing} values
     * @returns {Strip | null}
     */
    at: (slider, values) => (kept && kept.refused === undefined && kept.key === standing(slider, values) ? kept : null),
    close,
  };
}

/**
 * What a strip holds for: its slider, and where all others stand.
 * @param {string} slider
 * @param {Standing} values
 */
function standing(slider, values) {
  const others = Object.entries(values).filter(([name]) => name !== slider);
  return JSON.stringify([slider, others.sort(([one], [two]) => (one < two ? -1 : 1))]);
}

/**
 * @param {StripHeader} header
 * @param {DataView[]} buffers
 * @returns {Arrays}
 */
export function arraysOf({ records, count, traces }, buffers) {
  const [path, loss, diverged, parted, ghost, ghostLoss, ...rest] = buffers.map(bytesOf);
  return {
    records,
    count,
    path: new Float32Array(path),
    loss: new Float32Array(loss),
    diverged: new Int32Array(diverged),
    parted: new Uint8Array(parted),
    ghost: new Float32Array(ghost),
    ghostLoss: new Float32Array(ghostLoss),
    traces: traces.map((name, i) => ({ name, codes: new Uint8Array(rest[2 * i]), ranges: new Float64Array(rest[2 * i + 1]) })),
  };
}

/**
 * The picture of position `index`, at which the slider stands at `value`; what a strip doesn't hold is `frame`'s.
 * @param {Arrays & { slider: string }} strip
 * @param {number} index
 * @param {number} value
 * @param {Shown} frame
 * @returns {Shown}
 */
export function stripFrame(strip, index, value, frame) {
  const row = strip.count === 1 ? 0 : index;
  const records = strip.slider === "steps" ? value + 1 : strip.records;
  const from = row * strip.records;
  /** @param {Float32Array} all @param {number} width */
  const part = (all, width) => all.subarray(width * from, width * (from + records));
  const ghost = strip.parted[row] === 1;
  const diverged = strip.diverged[row];
  return {
    ...frame,
    rough: true,
    path: part(strip.path, 2),
    loss: part(strip.loss, 1),
    diverged: diverged < 0 || diverged >= records ? null : diverged,
    ghost: ghost ? part(strip.ghost, 2) : null,
    ghost_loss: ghost ? part(strip.ghostLoss, 1) : null,
    traces: strip.traces.map(({ name, codes, ranges }) => {
      const [low, high] = ranges.subarray(2 * row, 2 * row + 2);
      return { name, ...coordinatesOf(codes.subarray(2 * from, 2 * (from + records)), low, high) };
    }),
  };
}

/**
 * The two coordinates of a trace from its bytes; 255 is a gap.
 * @param {Uint8Array} codes
 * @param {number} low
 * @param {number} high
 */
function coordinatesOf(codes, low, high) {
  const unit = high / 254 - low / 254;
  const values = Float64Array.from(codes, (code) => (code === 255 ? NaN : low + code * unit));
  return { first: values.filter((_, i) => i % 2 === 0), second: values.filter((_, i) => i % 2 === 1) };
}
