// A patient as it is drawn, and what is said of its fault. Knows no page.

import { numbers } from "../engine/page.js";

/**
 * @import { CaseData, ClinicAnswer, TraceData } from "../wire/protocol.js"
 * @typedef {ReturnType<typeof decodedCase>} Case
 */

/**
 * A case with its bytes as numbers, and its curves in rows of plots: the loss, then a row for each trace.
 * @param {CaseData} sent
 */
export function decodedCase(sent) {
  const loss = { values: numbers(sent.loss), ghost: sent.ghost_loss ? numbers(sent.ghost_loss) : undefined };
  const traces = sent.traces.map((trace) => {
    const ghosts = sent.ghost_traces[trace.name];
    const theirs = ghosts ? coordinates(ghosts) : [];
    return { name: trace.name, tall: 1, curves: coordinates(trace).map((values, i) => ({ values, ghost: theirs[i] })) };
  });
  return {
    ...sent,
    path: numbers(sent.path),
    ghost: sent.ghost && numbers(sent.ghost),
    rows: [{ name: "loss", tall: 1.7, powers: true, curves: [loss] }, ...traces],
  };
}

/**
 * The two coordinates of a trace.
 * @param {TraceData} trace
 */
function coordinates({ data, power }) {
  const both = Array.from(numbers(data), (value) => value * 10 ** power);
  return [0, 1].map((which) => both.filter((_, i) => i % 2 === which));
}

/**
 * The words of a verdict.
 * @param {ClinicAnswer} answered
 */
export function clinicWords({ right, shown, tries }) {
  if (right) return `Right: that is the fault (${tries === 1 ? "at the first try" : `try ${tries}`}).`;
  return shown ? "This is the fault." : `Not this one (try ${tries}): look again.`;
}

/**
 * A sentence on an end ("Diverges: ...", "The path ...") as the rest of another.
 * @param {string} end
 */
export function following(end) {
  return end.replace(/^Diverges/, "it diverges").replace(/^The/, "the");
}
