// What a picture needs of the page around it: elements, bytes as numbers, the theme's colours, numbers as words.

// An element with attributes and children; a child may be text, and an attribute that is null is left out.
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A native control that keeps its keys in JupyterLab, which else takes the arrows and the space bar.
export function control(tag, attributes = {}, ...children) {
  return make(tag, { ...attributes, "data-lm-suppress-shortcuts": "true" }, ...children);
}

// Bytes from the kernel as numbers. A copy, as the bytes need not lie where a Float32Array may begin.
export function numbers(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// The theme's colours and font, which picture.css chooses; `dark` says which set it is.
export function theme(root) {
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--ocp-${name}`).trim();
  const chosen = ["ink", "muted", "grid", "paper", "path"].map((name) => [name, colour(name)]);
  return { font: style.fontFamily, dark: colour("theme") === "dark", ...Object.fromEntries(chosen) };
}

// Call `draw` whenever the element's size or the page's theme changes, at once for paper; returns what ends that.
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
export function announcer(live, rest = 700) {
  let pending = null;
  const say = (words) => {
    clearTimeout(pending);
    pending = setTimeout(() => (live.textContent = words), rest);
  };
  say.stop = () => clearTimeout(pending);
  return say;
}

// A question to the kernel, numbered; `silence` is shown where no answer comes in time.
export function asker(model, silence, patience = 4000) {
  let waiting = null;
  let serial = 0;
  return {
    ask(question) {
      serial += 1;
      model.set("asked", { serial, ...question });
      model.save_changes();
      clearTimeout(waiting);
      waiting = setTimeout(() => (silence.hidden = false), patience);
    },
    // Whether this answers the last question; an answer to an earlier one is overtaken.
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
export function figure(exponent) {
  if (Number.isNaN(exponent)) return "–";
  if (exponent === Infinity) return "overflow";
  if (exponent < -9) return "below 1e−9";
  if (exponent > 15) return `${(10 ** (exponent % 1)).toFixed(2)}e${Math.floor(exponent)}`;
  return digits(10 ** exponent);
}

// A number in three digits.
export function digits(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replace("e+", "e").replaceAll("-", "−");
}
