// What a picture needs of the page around it: elements, bytes as numbers, the theme's colours, numbers as words.

/**
 * @typedef {{ get(name: string): any, set(name: string, value: unknown): void, save_changes(): void }} Model
 * @typedef {{ font: string, dark: boolean, ink: string, muted: string, grid: string, paper: string, path: string }} Theme
 */

// An element with attributes and children; a child may be text, and an attribute that is null is left out.
/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | null>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// A native control that keeps its keys in JupyterLab, which else takes the arrows and the space bar.
/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | null>} attributes
 * @param {...(Node | string)} children
 */
export function control(tag, attributes = {}, ...children) {
  return make(tag, { ...attributes, "data-lm-suppress-shortcuts": "true" }, ...children);
}

// Bytes from the kernel as numbers. A copy, as the bytes need not lie where a Float32Array may begin.
/** @param {DataView | Uint8Array} view */
export function numbers(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// The theme's colours and font, which picture.css chooses; `dark` says which set it is.
/**
 * @param {Element} root
 * @returns {Theme}
 */
export function theme(root) {
  const style = getComputedStyle(root);
/** @param {string} name */
  const colour = (name) => style.getPropertyValue(`--ocp-${name}`).trim();
  const chosen = ["ink", "muted", "grid", "paper", "path"].map((name) => [name, colour(name)]);
  return { font: style.fontFamily, dark: colour("theme") === "dark", ...Object.fromEntries(chosen) };
}

// Call `draw` whenever the element's size or the page's theme changes, at once for paper; returns what ends that.
/**
 * @param {Element} root
 * @param {() => void} draw
 */
export function whenLooksChange(root, draw) {
  const resized = new ResizeObserver(draw);
  resized.observe(root);
  const themed = new MutationObserver(() => setTimeout(draw, 100)); // once the theme's styles are there
  themed.observe(document.body, { attributes: true });
  window.addEventListener("beforeprint", draw);
  return () => {
    window.removeEventListener("beforeprint", draw);
    resized.disconnect();
    themed.disconnect();
  };
}

// Says things politely after a moment of rest, so that a slider's passage is not read out position by position.
/**
 * @param {Element} live
 * @param {number} rest milliseconds
 */
export function announcer(live, rest = 700) {
  let pending = 0;
/** @param {string} words */
  const say = (words) => {
    clearTimeout(pending);
    pending = setTimeout(() => (live.textContent = words), rest);
  };
  say.stop = () => clearTimeout(pending);
  return say;
}

// A question to the kernel, numbered; `silence` is shown where no answer comes in time.
/**
 * @param {Model} model
 * @param {HTMLElement} silence
 * @param {number} patience milliseconds
 */
export function asker(model, silence, patience = 4000) {
  let waiting = 0;
  let serial = 0;
  return {
/** @param {object} question */
    ask(question) {
      serial += 1;
      model.set("asked", { serial, ...question });
      model.save_changes();
      clearTimeout(waiting);
      waiting = setTimeout(() => (silence.hidden = false), patience);
    },
    // Whether this answers the last question; an answer to an earlier one is overtaken.
/** @param {number} answer the serial number of the question that it answers */
    answered(answer) {
      if (answer < serial) return false;
      clearTimeout(waiting);
      silence.hidden = true;
      return true;
    },
    stop: () => clearTimeout(waiting),
  };
}

// A positive number in three digits, given by its decimal logarithm, as a float32 holds no 1e300.
/** @param {number} exponent */
export function figure(exponent) {
  if (Number.isNaN(exponent)) return "–";
  if (exponent === Infinity) return "overflow";
  if (exponent < -9) return "below 1e−9";
  if (exponent > 15) return `${(10 ** (exponent % 1)).toFixed(2)}e${Math.floor(exponent)}`;
  return digits(10 ** exponent);
}

// A number in three digits.
/** @param {number} value */
export function digits(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replace("e+", "e").replaceAll("-", "−");
}
