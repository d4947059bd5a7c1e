// A drawing surface that writes SVG: it takes the calls of a canvas that the pictures make, and keeps them as vectors.

// A stand-in for a canvas, `width` CSS pixels wide. What is drawn on it is in `marks`, `height` pixels high.
export function svgCanvas(width) {
  const canvas = { clientWidth: width, clientHeight: 0, style: {}, marks: [], height: 0, clips: 0 };
  canvas.getContext = () => svgContext(canvas);
  return canvas;
}

// Some of these side by side, as one SVG document with a title and a description.
export function svgDocument(canvases, { title, description, paper }) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvases.reduce((sum, one) => sum + one.clientWidth, 0);
  const height = Math.max(...canvases.map((one) => one.height / ratio));
  let left = 0;
  const groups = canvases.map((one, i) => {
    const group = `<g transform="translate(${left} 0)">${one.marks.join("\n").replaceAll("clip-", `clip-${i}-`)}</g>`;
    left += one.clientWidth;
    return group;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${rounded(width)} ${rounded(height)}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<rect width="100%" height="100%" fill="${paper}"/>
${groups.join("\n")}
</svg>
`;
}

function svgContext(canvas) {
  const measuring = document.createElement("canvas").getContext("2d");
  const context = { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic", globalAlpha: 1, lineJoin: "round", lineCap: "round" };
  const own = Object.keys(context);
  const kept = []; // what save() keeps
  let [path, dash, move, clip] = ["", [], "", null];
  const mark = (tag, attributes, content = "") => {
    const all = { ...attributes, transform: move || null, "clip-path": clip && `url(#${clip})`, opacity: context.globalAlpha === 1 ? null : context.globalAlpha };
    const written = Object.entries(all).filter(([, value]) => value !== null).map(([name, value]) => ` ${name}="${value}"`);
    canvas.marks.push(`<${tag}${written.join("")}${content ? `>${content}</${tag}>` : "/>"}`);
  };
  const outline = () => ({
    fill: "none", stroke: context.strokeStyle, "stroke-width": rounded(context.lineWidth), "stroke-linejoin": context.lineJoin,
    "stroke-linecap": context.lineCap, "stroke-dasharray": dash.length ? dash.join(" ") : null,
  });
  const at = (x, y) => `${rounded(x)} ${rounded(y)}`;
  const words = (text, x, y, look) => {
    const anchor = { left: "start", center: "middle", right: "end" }[context.textAlign];
    const [, weight, size, family] = context.font.match(/^(?:(\w+) )?([\d.]+)px (.*)$/) ?? [null, null, 11, "sans-serif"];
    const down = { top: 0.8, middle: 0.35, alphabetic: 0 }[context.textBaseline] * size; // not every viewer knows baselines
    mark("text", { x: rounded(x), y: rounded(y + down), "text-anchor": anchor, "font-size": size, "font-weight": weight ?? null, "font-family": escaped(family), ...look }, escaped(text));
  };
  return Object.assign(context, {
    setTransform() {}, // only ever the screen's sharpness
    save: () => kept.push([path, dash, move, clip, ...own.map((name) => context[name])]),
    restore() {
      const [before, pattern, place, edge, ...looks] = kept.pop();
      [path, dash, move, clip] = [before, pattern, place, edge];
      own.forEach((name, i) => (context[name] = looks[i]));
    },
    translate: (x, y) => (move += `translate(${at(x, y)})`),
    rotate: (angle) => (move += `rotate(${rounded((angle * 180) / Math.PI)})`),
    setLineDash: (pattern) => (dash = pattern),
    beginPath: () => (path = ""),
    closePath: () => (path += "Z"),
    moveTo: (x, y) => (path += `M${at(x, y)}`),
    lineTo: (x, y) => (path += `${path ? "L" : "M"}${at(x, y)}`),
    rect: (x, y, wide, high) => (path += `M${at(x, y)}h${rounded(wide)}v${rounded(high)}h${rounded(-wide)}Z`),
    // A whole circle: no picture draws a part of one.
    arc: (x, y, radius) => (path += `M${at(x - radius, y)}a${at(radius, radius)} 0 1 0 ${at(2 * radius, 0)}a${at(radius, radius)} 0 1 0 ${at(-2 * radius, 0)}Z`),
    clip() {
      clip = `clip-${(canvas.clips += 1)}`;
      canvas.marks.push(`<clipPath id="${clip}"><path d="${path}"/></clipPath>`);
    },
    stroke: () => path && mark("path", { d: path, ...outline() }),
    fill: () => path && mark("path", { d: path, fill: context.fillStyle }),
    strokeRect: (x, y, wide, high) => mark("rect", { x: rounded(x), y: rounded(y), width: rounded(wide), height: rounded(high), ...outline() }),
    fillRect: (x, y, wide, high) => mark("rect", { x: rounded(x), y: rounded(y), width: rounded(wide), height: rounded(high), fill: context.fillStyle }),
    fillText: (text, x, y) => words(text, x, y, { fill: context.fillStyle }),
    strokeText: (text, x, y) => words(text, x, y, outline()),
    measureText(text) {
      measuring.font = context.font;
      return measuring.measureText(text);
    },
    drawImage: (image, x, y, wide, high) =>
      mark("image", { href: image.src, x: rounded(x), y: rounded(y), width: rounded(wide), height: rounded(high), preserveAspectRatio: "none" }),
  });
}

function rounded(value) {
  return Number(value.toFixed(2));
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}
