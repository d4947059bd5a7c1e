// Strips: the paths for every position of one slider. With one at hand, dragging that slider needs no kernel.

// Asks the kernel for strips over `model`, one at a time, and keeps the last. `told(strip)` is called with each
// answer; where there can be no strip, it has the reason as `refused`.
export function stripKeeper(model, told) {
  const name = `${Date.now()}-${Math.random()}`; // two views of one widget share its messages
  let count = 0;
  let kept = null;
  let asked = null; // what the kernel is at work on
  let next = null; // what to ask for after that; a newer wish takes its place
  const ask = () => {
    asked = { ...next, id: `${name}-${++count}` };
    next = null;
    model.send({ strip: asked.slider, id: asked.id, values: asked.values });
  };
  const arrived = (message, buffers) => {
    if (!asked || message.id !== asked.id) return;
    kept = { ...asked, ...(message.refused ? { refused: message.refused } : unpacked(message, buffers)) };
    asked = null;
    told(kept);
    if (next) ask();
  };
  model.on("msg:custom", arrived);
  return {
    want(slider, values) {
      const key = standing(slider, values);
      next = [kept, asked].some((one) => one?.key === key) ? null : { slider, values, key };
      if (next && !asked) ask();
    },
    // The strip of a slider while the others stand at `values`, or null.
    at(slider, values) {
      return kept && !kept.refused && kept.key === standing(slider, values) ? kept : null;
    },
    close: () => model.off("msg:custom", arrived),
  };
}

// What a strip holds for: its slider, and where all others stand.
function standing(slider, values) {
  const others = Object.entries(values).filter(([name]) => name !== slider);
  return JSON.stringify([slider, others.sort(([one], [two]) => (one < two ? -1 : 1))]);
}

function unpacked({ records, count, traces }, buffers) {
  const [path, loss, diverged, parted, ghost, ghostLoss, ...rest] = buffers;
  return {
    records,
    count,
    path: typed(Float32Array, path),
    loss: typed(Float32Array, loss),
    diverged: typed(Int32Array, diverged),
    parted: typed(Uint8Array, parted),
    ghost: typed(Float32Array, ghost),
    ghostLoss: typed(Float32Array, ghostLoss),
    traces: traces.map((name, i) => ({
      name,
      codes: typed(Uint8Array, rest[2 * i]),
      ranges: typed(Float64Array, rest[2 * i + 1]),
    })),
  };
}

// The bytes as numbers: a copy, as they need not lie where such an array may begin.
export function typed(Kind, view) {
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// The picture of position `index`, at which the slider stands at `value`; what a strip doesn't hold is `frame`'s.
export function stripFrame(strip, index, value, frame) {
  const row = strip.count === 1 ? 0 : index;
  const records = strip.slider === "steps" ? value + 1 : strip.records;
  const from = row * strip.records;
  const part = (all, width) => all.subarray(width * from, width * (from + records));
  const ghost = strip.parted[row] === 1;
  const diverged = strip.diverged[row];
  return {
    ...frame,
    rough: true, // its traces are good enough to see, not to read
    path: part(strip.path, 2),
    loss: part(strip.loss, 1),
    diverged: diverged < 0 || diverged >= records ? null : diverged,
    ghost: ghost ? part(strip.ghost, 2) : null,
    ghost_loss: ghost ? part(strip.ghostLoss, 1) : null,
    traces: strip.traces.map((trace) => ({ name: trace.name, ...both(part(trace.codes, 2), trace.ranges, row) })),
  };
}

// The two coordinates of a trace from its bytes; 255 is a gap.
function both(codes, ranges, row) {
  const [low, high] = ranges.subarray(2 * row, 2 * row + 2);
  const unit = high / 254 - low / 254;
  const value = (code) => (code === 255 ? NaN : low + code * unit);
  const [first, second] = [new Float64Array(codes.length / 2), new Float64Array(codes.length / 2)];
  for (let i = 0; i < first.length; i++) {
    first[i] = value(codes[2 * i]);
    second[i] = value(codes[2 * i + 1]);
  }
  return { first, second };
}
