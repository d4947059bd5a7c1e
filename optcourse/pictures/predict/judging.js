// Judging a prediction: no page, only values.

import { isWithinFactor, typedNumber } from "../engine/scoring.js";

/**
 * @import { PredictionData } from "../wire/protocol.js"
 */

/**
 * The number that somebody typed; infinite for never, NaN for what is no number.
 * @param {string} given
 */
export function numberSaid(given) {
  return /^(never|no|∞|inf(inity)?)$/i.test(given) ? Infinity : typedNumber(given);
}

/**
 * The truth as a number; infinite for never.
 * @param {Pick<PredictionData, "truth">} asked
 */
function numberTrue({ truth }) {
  return truth === "never" ? Infinity : Number(truth);
}

/**
 * @param {PredictionData} asked
 * @param {number | string} said
 */
export function isRight(asked, said) {
  if (asked.kind === "one") return said === asked.truth;
  return isWithinFactor(Number(said), numberTrue(asked), asked.factor);
}

/**
 * What to say to a prediction; `said` may be "never".
 * @param {PredictionData} asked
 * @param {number | string} said
 * @param {boolean} right
 */
export function verdictWords(asked, said, right) {
  const begin = right ? "As you predicted." : "Not as you predicted.";
  if (asked.kind === "one") return right ? `${begin} It ${asked.truth}s.` : `${begin} You said it ${said}s; it ${asked.truth}s.`;
  const truth = numberTrue(asked);
  const number = Number.isFinite(truth) ? String(Number(truth.toPrecision(4))) : "never";
  const ratio = Math.max(Number(said) / truth, truth / Number(said)); // no number where one of them is "never"
  const off = Number.isFinite(ratio) && ratio > 1 ? `, a factor of ${Number(ratio.toPrecision(2))} apart` : "";
  return `${begin} You said ${said}; the run says ${number}${off}. A factor of up to ${asked.factor} counts as right.`;
}
