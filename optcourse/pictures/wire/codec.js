// Unpacks what codec.py has packed: bytes become a Uint8Array, places and exponents a Float32Array as the kernel
// would send them, and other curves {codes, records}.

const NAN = 2 ** 20;
const PLACES = 2048; // as codec.py has it
const FLOAT32 = 3.4028234663852886e38;

/**
 * What codec.py's `packed` was given.
 * @template Value
 * @param {string} text
 * @returns {Promise<Value>}
 */
export async function unpacked(text) {
  const deflated = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const parts = bytes.subarray(4 + length);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)), (_, value) => {
    if (value?.$bytes) return parts.slice(value.$bytes[0], value.$bytes[0] + value.$bytes[1]);
    if (!value?.$curves) return value;
    const [start, shape] = value.$curves;
    const codes = codesOf(parts, start, shape);
    if (value.view) return placesOf(codes, shape.at(-1), value.view);
    if (value.decade) return Float32Array.from(codes, (code) => finite(code) ?? code / value.decade);
    return { codes, records: shape.at(-1) };
  });
}

/**
 * The numbers of all curves, one after the other, from the planes of their second differences.
 * @param {Uint8Array} parts
 * @param {number} start
 * @param {number[]} shape the last is how many records a curve has
 */
function codesOf(parts, start, shape) {
  const count = shape.reduce((product, one) => product * one, 1);
  const records = shape.at(-1) ?? 0;
  const codes = new Int32Array(count);
  for (let i = 0, before = 0, change = 0; i < count; i++) {
    if (i % records === 0) before = change = 0;
    const zigzag = parts[start + i] | (parts[start + count + i] << 8) | (parts[start + 2 * count + i] << 16);
    change += (zigzag >>> 1) ^ -(zigzag & 1);
    codes[i] = before += change;
  }
  return codes;
}

/**
 * What stands for no finite number; null for a code that is one.
 * @param {number} code
 * @returns {number | null}
 */
function finite(code) {
  return { [NAN]: NaN, [NAN - 1]: Infinity, [-NAN]: -Infinity }[code] ?? null;
}

/**
 * theta[0], theta[1], theta[0], ... of all records from the codes of all theta[0] and then all theta[1] of each path.
 * @param {Int32Array} codes
 * @param {number} records
 * @param {[low: number, high: number][]} view
 */
function placesOf(codes, records, view) {
  const found = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const axis = Math.floor(i / records) % 2;
    const [low, high] = view[axis];
    const place = (low + high) / 2 + ((high - low) / 2) * Math.sinh(codes[i] / PLACES);
    const at = 2 * records * Math.floor(i / (2 * records)) + 2 * (i % records) + axis;
    found[at] = finite(codes[i]) ?? Math.min(Math.max(place, -FLOAT32), FLOAT32);
  }
  return found;
}
