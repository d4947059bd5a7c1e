// A drawing surface that writes SVG: it takes the calls of a canvas that the pictures make, and keeps them as vectors.

/**
 * @import { Canvas, Context } from "./drawing.js"
 * @typedef {Canvas & { marks: string[], clips: number }} SvgCanvas
 * @typedef {Record<string, string | number | null | undefined>} Attributes
 */

/**
 * A stand-in for a canvas, `width` CSS pixels wide. What is drawn on it is in `marks`, `height` pixels high.
 * @param {number} width
 * @param {(text: string, font: string) => TextMetrics} measured
 * @returns {SvgCanvas}
 */
export function svgCanvas(width, measured = measuredHere()) {
  /** @type {string[]} */
  const marks = [];
  const size = { clientWidth: width, clientHeight: 0, style: { height: "" }, marks, width: 0, height: 0, clips: 0 };
  const canvas = { ...size, getContext: () => svgContext(canvas, measured) };
  return canvas;
}

/** What measures texts: a canvas of this page. */
function measuredHere() {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) throw new Error("This browser gives a canvas no 2d context.");
  /**
   * @param {string} text
   * @param {string} font
   */
  return (text, font) => {
    context.font = font;
    return context.measureText(text);
  };
}

/**
 * Some of these side by side, as one SVG document with a title and a description.
 * @param {SvgCanvas[]} canvases
 * @param {{ title: string, description: string, paper: string }} words
 */
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

/**
 * What save() keeps: the state of a context.
 * @typedef {Pick<Context, "fillStyle" | "strokeStyle" | "lineWidth" | "font" | "textAlign" | "textBaseline" |
 *   "globalAlpha" | "lineJoin" | "lineCap">} Looks
 */
/**
 * @param {{ marks: string[], clips: number }} canvas
 * @param {(text: string, font: string) => TextMetrics} measured
 * @returns {Context}
 */
function svgContext(canvas, measured) {
  /** @type {Looks} */
  const looks = {
    fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, font: "10px sans-serif", textAlign: "left",
    textBaseline: "alphabetic", globalAlpha: 1, lineJoin: "round", lineCap: "round",
  };
  let state = { path: "", dash: [0].slice(1), move: "", clip: "" };
  /** @type {{ looks: Looks, state: typeof state }[]} */
  const saved = [];
  const pen = {
    setTransform() {}, // only ever the screen's sharpness
    save() {
      const own = Object.fromEntries(Object.keys(looks).map((name) => [name, Reflect.get(context, name)]));
      saved.push({ looks: /** @type {Looks} */ (own), state: { ...state } });
    },
    restore() {
      const last = saved.pop();
      if (!last) return;
      state = last.state;
      Object.assign(context, last.looks);
    },
    /** @param {number} x @param {number} y */
    translate: (x, y) => (state.move += `translate(${pair(x, y)})`),
    /** @param {number} angle */
    rotate: (angle) => (state.move += `rotate(${rounded((angle * 180) / Math.PI)})`),
    /** @param {Iterable<number>} pattern */
    setLineDash: (pattern) => (state.dash = [...pattern]),
    beginPath: () => (state.path = ""),
    closePath: () => (state.path += "Z"),
    /** @param {number} x @param {number} y */
    moveTo: (x, y) => (state.path += `M${pair(x, y)}`),
    /** @param {number} x @param {number} y */
    lineTo: (x, y) => (state.path += `${state.path ? "L" : "M"}${pair(x, y)}`),
    /** @param {number} x @param {number} y @param {number} wide @param {number} high */
    rect: (x, y, wide, high) => (state.path += `M${pair(x, y)}h${rounded(wide)}v${rounded(high)}h${rounded(-wide)}Z`),
    /** A whole circle: no picture draws a part of one. @param {number} x @param {number} y @param {number} radius */
    arc: (x, y, radius) => (state.path += circle(x, y, radius)),
    clip() {
      state.clip = `clip-${(canvas.clips += 1)}`;
      canvas.marks.push(`<clipPath id="${state.clip}"><path d="${state.path}"/></clipPath>`);
    },
    stroke: () => state.path && mark("path", { d: state.path, ...outline() }),
    fill: () => state.path && mark("path", { d: state.path, ...inside() }),
    /** @param {number} x @param {number} y @param {number} wide @param {number} high */
    strokeRect: (x, y, wide, high) => mark("rect", { ...rectangle(x, y, wide, high), ...outline() }),
    /** @param {number} x @param {number} y @param {number} wide @param {number} high */
    fillRect: (x, y, wide, high) => mark("rect", { ...rectangle(x, y, wide, high), ...inside() }),
    /** @param {string} text @param {number} x @param {number} y */
    fillText: (text, x, y) => words(text, x, y, inside()),
    /** @param {string} text @param {number} x @param {number} y */
    strokeText: (text, x, y) => words(text, x, y, outline()),
    /** @param {string} text */
    measureText: (text) => measured(text, context.font),
    /** @param {HTMLImageElement} image @param {number} x @param {number} y @param {number} wide @param {number} high */
    drawImage: (image, x, y, wide, high) =>
      mark("image", { href: image.src, ...rectangle(x, y, wide, high), preserveAspectRatio: "none" }),
  };
  /** @type {Context} */
  const context = Object.assign({ ...looks }, pen);
  const inside = () => ({ fill: String(context.fillStyle) });
  const outline = () => ({
    fill: "none", stroke: String(context.strokeStyle), "stroke-width": rounded(context.lineWidth),
    "stroke-linejoin": context.lineJoin, "stroke-linecap": context.lineCap,
    "stroke-dasharray": state.dash.length ? state.dash.join(" ") : null,
  });
  /** @param {string} tag @param {Attributes} attributes @param {string} content */
  const mark = (tag, attributes, content = "") => {
    const opacity = context.globalAlpha === 1 ? null : context.globalAlpha;
    const all = { ...attributes, transform: state.move || null, "clip-path": state.clip && `url(#${state.clip})`, opacity };
    canvas.marks.push(element(tag, all, content));
  };
  /** @param {string} text @param {number} x @param {number} y @param {Attributes} look */
  const words = (text, x, y, look) => mark("text", { ...lettering(context, x, y), ...look }, escaped(text));
  return context;
}

/**
 * An element's text; an attribute that is null or empty is left out.
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {string} content
 */
function element(tag, attributes, content) {
  const written = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const head = [tag, ...written.map(([name, value]) => `${name}="${value}"`)].join(" ");
  return content ? `<${head}>${content}</${tag}>` : `<${head}/>`;
}

/**
 * How a text stands at (x, y), by a context's font and alignment. Not every viewer knows baselines, so it is moved.
 * @param {Looks} looks
 * @param {number} x
 * @param {number} y
 */
function lettering({ font, textAlign, textBaseline }, x, y) {
  const [, weight, size, family] = font.match(/^(?:(\w+) )?([\d.]+)px (.*)$/) ?? [null, null, 11, "sans-serif"];
  const anchor = new Map([["left", "start"], ["center", "middle"], ["right", "end"]]).get(textAlign);
  const down = (new Map([["top", 0.8], ["middle", 0.35]]).get(textBaseline) ?? 0) * Number(size);
  return {
    x: rounded(x), y: rounded(y + down), "text-anchor": anchor, "font-size": size, "font-weight": weight,
    "font-family": escaped(family ?? "sans-serif"),
  };
}

/**
 * @param {number} x
 * @param {number} y
 */
function pair(x, y) {
  return `${rounded(x)} ${rounded(y)}`;
}

/**
 * A circle as a path.
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function circle(x, y, radius) {
  const half = `a${pair(radius, radius)} 0 1 0 `;
  return `M${pair(x - radius, y)}${half}${pair(2 * radius, 0)}${half}${pair(-2 * radius, 0)}Z`;
}

/**
 * A rectangle's attributes.
 * @param {number} x
 * @param {number} y
 * @param {number} wide
 * @param {number} high
 */
function rectangle(x, y, wide, high) {
  return { x: rounded(x), y: rounded(y), width: rounded(wide), height: rounded(high) };
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toFixed(2));
}

/** @param {string} text */
function escaped(text) {
  const signs = new Map([["&", "&amp;"], ["<", "&lt;"], [">", "&gt;"], ['"', "&quot;"]]);
  return String(text).replace(/[&<>"]/g, (sign) => signs.get(sign) ?? sign);
}
