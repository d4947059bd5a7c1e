// Taking a picture away as a file: as pixels, or as vectors. Buttons for both.

import { control, make } from "./page.js";
import { svgCanvas, svgDocument } from "./svg.js";

// Two buttons. `pictureNow()` gives {canvases, redraw, title, description, paper}: the canvases on the page, and
// what draws the same on others in their place.
export function saveButtons(pictureNow, look) {
  const png = control("button", { type: "button", class: look }, "Save as PNG");
  const svg = control("button", { type: "button", class: look }, "Save as SVG");
  png.onclick = () => {
    const { canvases, title, paper } = pictureNow();
    download(pixelsOf(canvases, paper).toDataURL("image/png"), `${fileName(title)}.png`);
  };
  svg.onclick = () => {
    const { canvases, redraw, ...words } = pictureNow();
    const copies = canvases.map((canvas) => svgCanvas(canvas.clientWidth));
    redraw(...copies);
    const file = new Blob([svgDocument(copies, words)], { type: "image/svg+xml" });
    const address = URL.createObjectURL(file);
    download(address, `${fileName(words.title)}.svg`);
    setTimeout(() => URL.revokeObjectURL(address), 10_000); // once the browser has taken it
  };
  return [png, svg];
}

// Canvases side by side on one.
function pixelsOf(canvases, paper) {
  const whole = make("canvas");
  whole.width = canvases.reduce((sum, one) => sum + one.width, 0);
  whole.height = Math.max(...canvases.map((one) => one.height));
  const context = whole.getContext("2d");
  context.fillStyle = paper;
  context.fillRect(0, 0, whole.width, whole.height);
  let left = 0;
  for (const one of canvases) {
    context.drawImage(one, left, 0);
    left += one.width;
  }
  return whole;
}

function fileName(title) {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function download(address, name) {
  make("a", { href: address, download: name }).click();
}
