// Taking a picture away as a file: as pixels, or as vectors. Buttons for both.

import { button, make } from "./page.js";
import { svgCanvas, svgDocument } from "./svg.js";

/**
 * @import { Canvas } from "./drawing.js"
 */
/**
 * The canvases on the page, and what draws the same on others in their place.
 * @typedef {{ canvases: [HTMLCanvasElement, HTMLCanvasElement], redraw: (one: Canvas, other: Canvas) => void, title: string,
 *   description: string, paper: string }} PictureNow
 */

/**
 * A row with two buttons.
 * @param {() => PictureNow} pictureNow
 */
export function savingRow(pictureNow) {
  const png = button("Save as PNG");
  const svg = button("Save as SVG");
  png.onclick = () => {
    const { canvases, title, paper } = pictureNow();
    download(pixelsOf(canvases, paper).toDataURL("image/png"), `${fileName(title)}.png`);
  };
  svg.onclick = () => {
    const { canvases, redraw, ...words } = pictureNow();
    const [one, other] = canvases.map((canvas) => svgCanvas(canvas.clientWidth));
    redraw(one, other);
    const file = new Blob([svgDocument([one, other], words)], { type: "image/svg+xml" });
    const address = URL.createObjectURL(file);
    download(address, `${fileName(words.title)}.svg`);
    setTimeout(() => URL.revokeObjectURL(address), 10_000); // once the browser has taken it
  };
  return make("div", { class: "ocp-saving" }, png, svg);
}

/**
 * Canvases side by side on one.
 * @param {HTMLCanvasElement[]} canvases
 * @param {string} paper
 */
function pixelsOf(canvases, paper) {
  const whole = make("canvas");
  whole.width = canvases.reduce((sum, one) => sum + one.width, 0);
  whole.height = Math.max(...canvases.map((one) => one.height));
  const context = whole.getContext("2d");
  if (!context) return whole;
  context.fillStyle = paper;
  context.fillRect(0, 0, whole.width, whole.height);
  let left = 0;
  for (const one of canvases) {
    context.drawImage(one, left, 0);
    left += one.width;
  }
  return whole;
}

/** @param {string} title */
export function fileName(title) {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/**
 * @param {string} address
 * @param {string} name
 */
function download(address, name) {
  make("a", { href: address, download: name }).click();
}
