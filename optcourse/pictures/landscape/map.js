// The map of all cells as numbers, and where it stands on a canvas. Knows no page.

import { short, ticks } from "../engine/drawing.js";
import { digits, figure, numbers } from "../engine/page.js";

/**
 * @import { AxisData, CellData, GridData, Measure } from "../wire/protocol.js"
 * @typedef {ReturnType<typeof decodedMap>} HeatMap
 * @typedef {{ row: number, column: number }} Place
 * @typedef {{ left: number, top: number, width: number, height: number }} Area
 */

const HEAT_MARGIN = { left: 58, right: 74, top: 10, bottom: 40 };

/** @param {GridData} map */
export function decodedMap(map) {
  return { ...map, final: numbers(map.final), arrived: numbers(map.arrived), lost: numbers(map.lost) };
}

/** @param {CellData} cell */
export function decodedCell(cell) {
  return { ...cell, path: numbers(cell.path), words: cell.words.replaceAll("->", "→") };
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {Area}
 */
export function heatBox(width, height) {
  const { left, right, top, bottom } = HEAT_MARGIN;
  return { left, top, width: width - left - right, height: height - top - bottom };
}

/**
 * The value of a cell, or the sign of one that has none.
 * @param {Pick<HeatMap, "lost" | "final" | "arrived">} map
 * @param {Measure} measure
 * @param {number} i
 * @returns {{ value: number, sign?: undefined } | { sign: "×" | "–" }}
 */
export function cellValue(map, measure, i) {
  if (map.lost[i]) return { sign: "×" };
  if (measure === "loss") return { value: map.final[i] };
  return map.arrived[i] < 0 ? { sign: "–" } : { value: map.arrived[i] };
}

/**
 * The same in words.
 * @param {Pick<HeatMap, "lost" | "final" | "arrived">} map
 * @param {Measure} measure
 * @param {number} i
 */
export function cellWords(map, measure, i) {
  const found = cellValue(map, measure, i);
  if (found.sign) return found.sign === "×" ? "diverges" : "not reached";
  if (measure === "steps") return String(found.value);
  return found.value <= -8.9999 ? "below 1e−9" : figure(found.value);
}

/**
 * The colour of a value; what lies outside the scale has that of its end.
 * @param {string[]} heat
 * @param {[low: number, high: number]} ends
 * @param {number} value
 */
export function heatColour(heat, [low, high], value) {
  return heat[Math.min(heat.length - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * heat.length)))];
}

/**
 * Round numbers along an axis, with the part of its length at which they stand (cells' middles have the values).
 * @param {Pick<AxisData, "values" | "scale">} axis
 */
export function heatTicks({ values, scale }) {
  const [low, high] = [values[0], values[values.length - 1]];
  const [from, to] = scale === "log" ? [Math.log10(low), Math.log10(high)] : [low, high];
  /** @param {number} value */
  const at = (value) => (0.5 + ((value - from) / (to - from)) * (values.length - 1)) / values.length;
  const marks = ticks([from, to], 5).filter((mark) => scale !== "log" || Number.isInteger(mark));
  return marks.map((mark) => ({ part: at(mark), words: short(scale === "log" ? 10 ** mark : mark) }));
}

/**
 * The row and column at a point of the map's canvas, or null beside the map.
 * @param {Area} box
 * @param {Pick<HeatMap, "x" | "y">} map
 * @param {[left: number, top: number]} point
 * @returns {Place | null}
 */
export function cellAt(box, { x, y }, [left, top]) {
  const [columns, rows] = [x.values.length, y.values.length];
  const column = Math.floor(((left - box.left) / box.width) * columns);
  const row = rows - 1 - Math.floor(((top - box.top) / box.height) * rows);
  return column >= 0 && column < columns && row >= 0 && row < rows ? { row, column } : null;
}

/**
 * A position of an axis in words.
 * @param {AxisData} axis
 * @param {number} at
 */
export function positionOn(axis, at) {
  return digits(axis.values[at]);
}
