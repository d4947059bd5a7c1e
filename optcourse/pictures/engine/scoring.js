// Judging answers: no page, no kernel, only values. What it says is for the learner.

/**
 * @import { NumberQuestion, QuizQuestion } from "../wire/protocol.js"
 * @typedef {{ right: boolean, words: string, why: [mark: string, text: string][] }} Judgement
 */

/**
 * The number that somebody typed: 0.25, 0,25, 1e-3, −2 or 1/3; NaN for anything else.
 * @param {string} text
 */
export function typedNumber(text) {
  const parts = text.trim().replace(/−/g, "-").replace(/,/g, ".").split("/");
  const numbers = parts.map((part) => (part.trim() ? Number(part) : NaN));
  if (numbers.length > 2 || !numbers.every(Number.isFinite)) return NaN;
  const number = numbers.length === 2 ? numbers[0] / numbers[1] : numbers[0];
  return Number.isFinite(number) ? number : NaN;
}

/**
 * Whether a number is right within a tolerance relative to what is right, absolute where that is 0.
 * @param {number} number
 * @param {number} right
 * @param {number} tolerance
 */
export function isNear(number, right, tolerance) {
  const room = tolerance * (right === 0 ? 1 : Math.abs(right));
  return Math.abs(number - right) <= room * (1 + 1e-9) + 1e-15 * Math.abs(right);
}

/**
 * Whether a guess is within a factor of the truth; zeros and infinities only meet themselves.
 * @param {number} guess
 * @param {number} truth
 * @param {number} factor
 */
export function isWithinFactor(guess, truth, factor) {
  if (guess === truth) return true;
  const ratio = guess / truth;
  return Number.isFinite(ratio) && ratio <= factor * (1 + 1e-9) && ratio >= (1 / factor) * (1 - 1e-9);
}

/**
 * What to say to an answer.
 * @param {QuizQuestion} asked
 * @param {number | number[]} given a typed number, or the numbers of the chosen options
 * @returns {Judgement}
 */
export function judged(asked, given) {
  if (asked.kind === "number") return judgedNumber(asked, Number(given));
  const chosen = asked.options.filter((_, i) => Array.isArray(given) && given.includes(i));
  const hits = chosen.filter((option) => option.right).length;
  const wanted = asked.options.filter((option) => option.right).length;
  const right = hits === wanted && chosen.length === wanted;
  if (asked.kind === "one") return { right, words: right ? "Right." : "Not right.", why: [["", chosen[0].why]] };
  const missing = wanted - hits;
  const extra = chosen.length - hits;
  const parts = [];
  if (extra) parts.push(`${extra} of your ticks ${extra === 1 ? "does" : "do"} not hold`);
  if (missing) parts.push(`${missing} ${missing === 1 ? "choice that holds is" : "choices that hold are"} not ticked`);
  const words = right ? "Right: these and no others." : `Not right yet: ${parts.join("; ")}.`;
  return { right, words, why: chosen.map((option) => [option.right ? "✓ holds" : "✗ does not hold", option.why]) };
}

/**
 * @param {NumberQuestion} asked
 * @param {number} given
 * @returns {Judgement}
 */
function judgedNumber(asked, given) {
  const right = isNear(given, asked.right, asked.tolerance);
  const near = asked.known.find((one) => isNear(given, one.number, asked.tolerance));
  const known = right ? asked.known.find((one) => one.number === asked.right) : near;
  const way = given < asked.right ? "Not right: your number is too small." : "Not right: your number is too large.";
  return { right, words: right ? "Right." : way, why: known ? [["", known.why]] : [] };
}
