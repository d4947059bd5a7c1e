// The picture that is shown: a frame of the kernel's, or a strip's, with its bytes as numbers.

import { numbers } from "../engine/page.js";

/**
 * @import { ExplorerFrame, NamedTrace } from "../wire/protocol.js"
 * @import { Numbers } from "../engine/drawing.js"
 */
/**
 * A part of the state over the steps: its two coordinates.
 * @typedef {{ name: string, first: Numbers, second: Numbers }} Trace
 */
/**
 * What is drawn. `rough`: its traces are good enough to see, not to read; `rounded`: so is all of it; `cursor`: the
 * step that is looked at.
 * @typedef {Omit<ExplorerFrame, "path" | "loss" | "ghost" | "ghost_loss" | "traces"> & { path: Numbers, loss: Numbers,
 *   ghost: Numbers | null, ghost_loss: Numbers | null, traces: Trace[], rough?: boolean, rounded?: boolean,
 *   cursor?: number }} Shown
 */

/**
 * The frame with its bytes as numbers.
 * @param {ExplorerFrame & { rough?: boolean, rounded?: boolean }} frame
 * @returns {Shown}
 */
export function decoded(frame) {
  return {
    ...frame,
    path: numbers(frame.path),
    loss: numbers(frame.loss),
    ghost: frame.ghost && numbers(frame.ghost),
    ghost_loss: frame.ghost_loss && numbers(frame.ghost_loss),
    traces: frame.traces.map(decodedTrace),
  };
}

/**
 * @param {NamedTrace} trace
 * @returns {Trace}
 */
function decodedTrace({ name, power, data }) {
  const both = Array.from(numbers(data), (value) => value * 10 ** power);
  return { name, first: both.filter((_, i) => i % 2 === 0), second: both.filter((_, i) => i % 2 === 1) };
}
