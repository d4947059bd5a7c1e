// All paths of a comparison as numbers, and how each stands at a step. Knows no page.

import { numbers, figure } from "../engine/page.js";

/**
 * @import { EntrantData, SceneData } from "../wire/protocol.js"
 * @typedef {Omit<EntrantData, "path" | "loss" | "distance"> & { path: Float32Array, loss: Float32Array,
 *   distance: Float32Array | null }} Entrant
 * @typedef {Omit<SceneData, "entrants"> & { entrants: Entrant[] }} Scene
 */

/**
 * The scene with its bytes as numbers.
 * @param {SceneData} scene
 * @returns {Scene}
 */
export function decodedScene(scene) {
  const entrants = scene.entrants.map((one) => ({
    ...one,
    path: numbers(one.path),
    loss: numbers(one.loss),
    distance: one.distance && numbers(one.distance),
  }));
  return { ...scene, entrants };
}

/**
 * Whether a path has no finite number any more.
 * @param {Entrant} one
 * @param {number} step
 */
export function over(one, step) {
  return one.diverged !== null && one.diverged <= step;
}

/**
 * @param {Scene} scene
 * @param {Entrant} one
 * @param {number} step
 */
export function outside({ view }, one, step) {
  const at = [one.path[2 * step], one.path[2 * step + 1]];
  return !over(one, step) && view.some(([low, high], axis) => at[axis] < low || at[axis] > high);
}

/**
 * @param {Entrant} one
 * @param {number} step
 */
export function lossWords(one, step) {
  return over(one, step) ? `diverged at step ${one.diverged}` : figure(one.loss[step]);
}

/**
 * The place of each at a step: those with less loss come before; below 1e-9 no difference counts.
 * @param {Scene} scene
 * @param {number} step
 */
export function places({ entrants }, step) {
  const losses = entrants.map((one) => (over(one, step) ? Infinity : Math.max(one.loss[step], -9)));
  return losses.map((own) => 1 + losses.filter((loss) => loss < own).length);
}

/**
 * Some twenty steps, the first and the last among them.
 * @param {number} steps
 */
export function someSteps(steps) {
  const every = Math.max(1, Math.ceil(steps / 20));
  return [...Array(steps + 1).keys()].filter((step) => step % every === 0 || step === steps);
}
