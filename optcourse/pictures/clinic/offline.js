// `clinic` without a kernel: the first patients, over and over. Knows no page.

/**
 * @import { ClinicAnswers, ClinicQuestion, ClinicState } from "../wire/protocol.js"
 */

/**
 * @param {ClinicState} _
 * @param {ClinicAnswers} answers
 * @returns {(question: ClinicQuestion) => Omit<ClinicState, "asked" | "background">}
 */
export function ofClinic(_, { cases }) {
  return ({ serial, number }) => ({ answered: {}, note: "", case: { ...cases[(number - 1) % cases.length], serial } });
}
