// What a picture needs of the page around it: elements, bytes as numbers, the theme's colours, numbers as words.

/**
 * @import { Bytes } from "../wire/protocol.js"
 */
/**
 * What anywidget gives render, as far as pictures use it; offline.js has one without a kernel.
 * @template {object} State
 * @typedef {object} Model
 * @property {<Name extends keyof State>(name: Name) => State[Name]} get
 * @property {<Name extends keyof State>(name: Name, value: State[Name]) => void} set
 * @property {() => void} save_changes
 * @property {(message: object) => void} send
 * @property {(event: string, told: Listener) => void} on
 * @property {(event: string, told: Listener) => void} off
 * @property {{ _rendermime?: { latexTypesetter?: { typeset(element: Element): void } | null } }} [widget_manager]
 */
/**
 * What is told of a change, or of a message and its buffers.
 * @typedef {(message?: any, buffers?: DataView[]) => void} Listener a message may be of any widget
 * @typedef {Record<string, string | number | null | undefined>} Attributes
 * @typedef {{ font: string, dark: boolean, ink: string, muted: string, grid: string, paper: string, path: string,
 *   first: string, second: string }} Theme
 */

/**
 * An element with attributes and children; a child may be text, and an attribute that is null is left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * A native control that keeps its keys in JupyterLab, which else takes the arrows and the space bar.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...(Node | string)} children
 */
export function control(tag, attributes = {}, ...children) {
  return make(tag, { ...attributes, "data-lm-suppress-shortcuts": "true" }, ...children);
}

/**
 * A button of a picture, which sends no form.
 * @param {string} words
 * @param {Attributes} attributes
 */
export function button(words, attributes = {}) {
  return control("button", { type: "button", class: "ocp-button", ...attributes }, words);
}

/** A line that is read out when its text changes, and not seen. */
export function liveLine() {
  return make("p", { class: "ocp-live", "aria-live": "polite" });
}

/**
 * What is shown where the kernel does not answer: hidden until then.
 * @param {string} remedy
 */
export function silenceLine(remedy) {
  return make("p", { class: "ocp-silence", role: "status", hidden: "" }, `The kernel does not answer: ${remedy}`);
}

/**
 * A table that is made anew each time it is opened; it scrolls in a region of its own.
 * @param {string} title
 * @param {() => HTMLTableElement} table
 */
export function openedTable(title, table) {
  const details = make("details", { class: "ocp-details" }, control("summary", {}, title));
  details.ontoggle = () => {
    details.querySelector("div")?.remove();
    if (details.open) details.append(control("div", { class: "ocp-scroll", tabindex: 0, role: "region", "aria-label": title }, table()));
  };
  return details;
}

/** An id that nothing else on the page has. Not counted: each widget has a copy of this module, and would begin at 1. */
export function freshId() {
  return `optcourse-${Math.random().toString(36).slice(2)}`;
}

/**
 * Bytes from the kernel as numbers. A copy, as the bytes need not lie where a Float32Array may begin.
 * @param {Bytes} view
 */
export function numbers(view) {
  return new Float32Array(bytesOf(view));
}

/**
 * A copy of the bytes themselves.
 * @param {Bytes} view
 */
export function bytesOf(view) {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}

/**
 * The theme's colours and font, which picture.css chooses; `dark` says which set it is.
 * @param {Element} root
 * @returns {Theme}
 */
export function theme(root) {
  const style = getComputedStyle(root);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(`--ocp-${name}`).trim();
  return {
    font: style.fontFamily, dark: colour("theme") === "dark", ink: colour("ink"), muted: colour("muted"), grid: colour("grid"),
    paper: colour("paper"), path: colour("path"), first: colour("first"), second: colour("second"),
  };
}

/**
 * The height of what stands beside a canvas: 0 where it stands below it.
 * @param {HTMLElement} canvas
 * @param {HTMLElement} other
 */
export function heightBeside(canvas, other) {
  return other.offsetTop === canvas.offsetTop ? canvas.clientHeight : 0;
}

/**
 * Where a pointer is on an element.
 * @param {Element} element
 * @param {{ clientX: number, clientY: number }} pointer
 * @returns {[left: number, top: number]}
 */
export function pointOn(element, { clientX, clientY }) {
  const edge = element.getBoundingClientRect();
  return [clientX - edge.left, clientY - edge.top];
}

/**
 * Call `draw` whenever the element's size or the page's theme changes, at once for paper; returns what ends that.
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

/**
 * Listen to a model; returns what ends that.
 * @param {Pick<Model<object>, "on" | "off">} model
 * @param {Record<string, Listener>} listeners what is told of each event
 */
export function listening(model, listeners) {
  for (const [event, told] of Object.entries(listeners)) model.on(event, told);
  return () => {
    for (const [event, told] of Object.entries(listeners)) model.off(event, told);
  };
}

/**
 * Says things politely after a moment of rest, so that a slider's passage is not read out position by position.
 * @param {Element} live
 * @param {number} rest milliseconds
 */
export function announcer(live, rest = 700) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;
  /** @param {string} words */
  const say = (words) => {
    clearTimeout(pending);
    pending = setTimeout(() => (live.textContent = words), rest);
  };
  say.stop = () => clearTimeout(pending);
  return say;
}

/**
 * A question to the kernel, numbered; `silence` is shown where no answer comes in time.
 * @template {object} Question
 * @param {{ set(name: "asked", question: Question & { serial: number }): void, save_changes(): void }} model
 * @param {HTMLElement} silence
 * @param {number} patience milliseconds
 */
export function asker(model, silence, patience = 4000) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let serial = 0;
  return {
    /** @param {Question} question */
    ask(question) {
      serial += 1;
      model.set("asked", { serial, ...question });
      model.save_changes();
      clearTimeout(waiting);
      waiting = setTimeout(() => (silence.hidden = false), patience);
    },
    /**
     * Whether this answers the last question; an answer to an earlier one is overtaken.
     * @param {number} answer the serial number of the question that it answers
     */
    answered(answer) {
      if (answer < serial) return false;
      clearTimeout(waiting);
      silence.hidden = true;
      return true;
    },
    stop: () => clearTimeout(waiting),
  };
}

/**
 * A positive number in three digits, given by its decimal logarithm, as a float32 holds no 1e300.
 * @param {number} exponent
 */
export function figure(exponent) {
  if (Number.isNaN(exponent)) return "–";
  if (exponent === Infinity) return "overflow";
  if (exponent < -9) return "below 1e−9";
  if (exponent > 15) return `${(10 ** (exponent % 1)).toFixed(2)}e${Math.floor(exponent)}`;
  return digits(10 ** exponent);
}

/**
 * A number in three digits.
 * @param {number} value
 */
export function digits(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replace("e+", "e").replaceAll("-", "−");
}

/**
 * A slider's position as words, in four digits.
 * @param {number} value
 */
export function positionWords(value) {
  return String(Number(value.toPrecision(4)));
}
