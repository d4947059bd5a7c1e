// `compare` without a kernel: each rule at its own learning rate, from what offline.py kept. Knows no page.

/**
 * @import { ComparisonAnswers, ComparisonQuestion, ComparisonState, SceneData } from "../wire/protocol.js"
 */

/**
 * @param {ComparisonState} state
 * @param {ComparisonAnswers} answers
 * @returns {(question: ComparisonQuestion) => { scene: SceneData }}
 */
export function ofComparison({ scene }, { entrants: kept }) {
  return ({ serial = 0, lr = {} }) => {
    const lines = scene.summary.split("\n");
    const entrants = scene.entrants.map((one, i) => {
      const own = kept[i];
      const at = own ? own.positions.indexOf(lr[i]) : -1;
      if (!own || at < 0) return one;
      const { positions, texts, path, loss, distance } = own;
      /** @param {Float32Array} all */
      const part = (all) => all.slice((at * all.length) / positions.length, ((at + 1) * all.length) / positions.length);
      lines[2 + i] = own.lines[at];
      const arrays = { path: part(path), loss: part(loss), distance: distance && part(distance) };
      return { ...one, ...texts[at], rates: { positions, at: lr[i] }, ...arrays };
    });
    return { scene: { ...scene, serial, entrants, summary: lines.join("\n") } };
  };
}
