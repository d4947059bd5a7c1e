// `landscape` without a kernel: the path of any cell, from what offline.py kept. Knows no page.

/**
 * @import { CellData, LandscapeAnswers, LandscapeQuestion, LandscapeState } from "../wire/protocol.js"
 */

/**
 * @param {LandscapeState} state
 * @param {LandscapeAnswers} answers
 * @returns {(question: LandscapeQuestion) => { background: string, cell: CellData }}
 */
export function ofLandscape({ cell }, { columns, texts, stride, paths, surfaces, behind }) {
  return ({ serial = 0, row = cell.row, column = cell.column }) => {
    const records = paths[row].length / columns;
    const found = { ...cell, ...texts[row * columns + column], row, column, serial };
    const diverged = found.diverged === null ? null : Math.ceil(found.diverged / stride);
    const path = paths[row].slice(column * records, (column + 1) * records);
    return { background: surfaces[behind[row]], cell: { ...found, diverged, path } };
  };
}
