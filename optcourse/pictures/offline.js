// A picture's model without a kernel: it answers what the front end asks from what offline.py kept.

import { ofClinic } from "./clinic/offline.js";
import { ofComparison } from "./compare/offline.js";
import { ofExplorer } from "./explore/offline.js";
import { ofLandscape } from "./landscape/offline.js";
import { typesetWith } from "./wire/mathml.js";
import { modelOf } from "./wire/model.js";
import { unpacked } from "./wire/codec.js";

/**
 * @import { Answering, State } from "./wire/model.js"
 */

/**
 * any: each picture has a state and answers of its own (protocol.js), and which one it is, its name says.
 * @type {Record<string, (state: any, answers: any) => Answering>}
 */
const ANSWERS = { Explorer: ofExplorer, Comparison: ofComparison, Landscape: ofLandscape, Clinic: ofClinic };

/**
 * The model that a front end's render gets. `formulas` has the MathML of each $source$ in its texts.
 * @param {string} front
 * @param {string} packed
 * @param {Record<string, string>} formulas
 */
async function savedModel(front, packed, formulas) {
  /** @type {{ state: State, answers?: object }} */
  const { state, answers } = await unpacked(packed);
  return modelOf(state, ANSWERS[front]?.(state, answers), (element) => typesetWith(formulas, element));
}

export default { savedModel };
