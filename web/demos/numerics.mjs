// The arithmetic of the demos. Nothing here knows of the page, so that Node can test it.

const TYPES = { int8: Int8Array, uint8: Uint8Array, float32: Float32Array };
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

// The bytes that a text in base64 stands for.
export function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes.buffer;
}

// Find the arrays in a file that web/demos/files.py packed: name -> {values, shape}.
export function unpack(buffer, index) {
  const arrays = {};
  for (const { name, type, shape, offset } of index) {
    const length = shape.reduce((product, size) => product * size, 1);
    if (!(type in TYPES)) throw new Error(`${name} must be int8, uint8 or float32. Received: ${type}`);
    if (offset + length * TYPES[type].BYTES_PER_ELEMENT > buffer.byteLength) {
      throw new Error(`${name} ends after the ${buffer.byteLength} bytes of its file`);
    }
    arrays[name] = { values: new TYPES[type](buffer, offset, length), shape };
  }
  return arrays;
}

// A row of an array with two axes.
export function row(array, i) {
  const columns = array.shape[1];
  return array.values.subarray(i * columns, (i + 1) * columns);
}

// Dense layers of logistic units; the last one is linear if it is a code.
export class Network {
  constructor(arrays, { linear = false } = {}) {
    this.layers = [];
    for (let i = 0; `weights_${i}` in arrays; i++) {
      const [units, inputs] = arrays[`weights_${i}`].shape;
      const steps = arrays[`weights_${i}`].values;
      const scales = arrays[`scales_${i}`].values;
      // As 32-bit floats: with 8-bit steps each product would first have to be converted.
      const weights = new Float32Array(steps.length);
      for (let unit = 0, k = 0; unit < units; unit++) {
        for (let j = 0; j < inputs; j++, k++) weights[k] = steps[k] * scales[unit];
      }
      const bias = arrays[`bias_${i}`].values;
      this.layers.push({ units, inputs, weights, bias, linear: false });
    }
    this.layers.at(-1).linear = linear;
  }

  // Pass one input through all layers; the result is a new array.
  run(input) {
    const expected = this.layers[0].inputs;
    if (input.length !== expected) {
      throw new Error(`The input must hold ${expected} numbers. Received: ${input.length}`);
    }
    let values = Float64Array.from(input);
    for (const { units, inputs, weights, bias, linear } of this.layers) {
      const outputs = new Float64Array(units);
      // Four units at a time: their sums do not wait for each other, and share each input.
      let unit = 0;
      for (; unit + 3 < units; unit += 4) {
        const [p, q, r, s] = [0, 1, 2, 3].map((k) => (unit + k) * inputs);
        let [a, b, c, d] = bias.subarray(unit, unit + 4);
        for (let j = 0; j < inputs; j++) {
          const value = values[j];
          a += weights[p + j] * value;
          b += weights[q + j] * value;
          c += weights[r + j] * value;
          d += weights[s + j] * value;
        }
        outputs.set([a, b, c, d], unit);
      }
      for (; unit < units; unit++) {
        let sum = bias[unit];
        for (let j = 0; j < inputs; j++) sum += weights[unit * inputs + j] * values[j];
        outputs[unit] = sum;
      }
      if (!linear) outputs.forEach((sum, i) => (outputs[i] = 1 / (1 + Math.exp(-sum))));
      values = outputs;
    }
    return values;
  }
}

// PCA: its numbers are projections on components, its pictures the mean plus a sum of components.
export class Pca {
  constructor({ mean, components }) {
    this.mean = mean.values;
    this.components = Array.from({ length: components.shape[0] }, (_, i) => row(components, i));
  }

  encode(pixels) {
    return Float64Array.from(this.components, (component) =>
      component.reduce((sum, weight, j) => sum + weight * (pixels[j] - this.mean[j]), 0),
    );
  }

  // As many components as there are numbers.
  decode(code) {
    const pixels = Float64Array.from(this.mean);
    code.forEach((value, i) => {
      const component = this.components[i];
      for (let j = 0; j < PIXELS; j++) pixels[j] += value * component[j];
    });
    return pixels;
  }
}

// The course's unit: squared error per image, summed over pixels in [0, 1].
export function squaredError(x, y) {
  return x.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0);
}

// The point at a fraction t of the way from x to y.
export function mix(x, y, t) {
  return Float64Array.from(x, (value, i) => (1 - t) * value + t * y[i]);
}

// A number for people: no "-0.0", and a minus sign that screen readers read as one.
export function format(value, digits = 1) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

// How many pixels are neither paper nor ink.
export function countGrey(pixels) {
  return pixels.reduce((count, value) => count + (value > 0.25 && value < 0.75), 0);
}

// The places of the n points, of those before `end`, that are nearest to (x, y); nearest first.
export function nearest(points, x, y, n, end = points.length / 2) {
  const found = [];
  for (let i = 0; i < end; i++) {
    const distance = (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
    if (found.length < n || distance < found.at(-1).distance) {
      const place = found.findIndex((other) => other.distance > distance);
      found.splice(place < 0 ? found.length : place, 0, { i, distance });
      if (found.length > n) found.pop();
    }
  }
  return found.map(({ i }) => i);
}

function distanceToSegment(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

// Ink of strokes with soft edges. A stroke is a list of points [x, y], in pixels.
export function drawStrokes(strokes, radius = 1.1) {
  const pixels = new Float64Array(PIXELS);
  for (const stroke of strokes) {
    for (let k = 0; k < stroke.length; k++) {
      const [from, to] = [stroke[Math.max(0, k - 1)], stroke[k]];
      for (let p = 0; p < PIXELS; p++) {
        const [x, y] = [(p % SIDE) + 0.5, Math.floor(p / SIDE) + 0.5];
        const ink = Math.min(1, Math.max(0, radius + 0.5 - distanceToSegment(x, y, from, to)));
        if (ink > pixels[p]) pixels[p] = ink;
      }
    }
  }
  return pixels;
}

// Strokes as MNIST's digits were prepared: the longer side 20 pixels, the ink's centre of mass in
// the middle. Networks have seen no others.
export function likeMnist(strokes) {
  const points = strokes.flat();
  if (!points.length) return new Float64Array(PIXELS);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const extent = Math.max(Math.max(...xs) - left, Math.max(...ys) - top);
  // Strokes have a width, which belongs to the 20 pixels. A dot is not enlarged.
  const scale = 17.5 / Math.max(extent, 4);
  const placed = (dx, dy) =>
    strokes.map((stroke) => stroke.map(([x, y]) => [(x - left) * scale + dx, (y - top) * scale + dy]));
  const first = drawStrokes(placed(5, 5));
  const ink = first.reduce((sum, value) => sum + value, 0);
  const mean = (coordinate) => first.reduce((sum, value, p) => sum + value * coordinate(p), 0) / ink;
  const [x, y] = [mean((p) => (p % SIDE) + 0.5), mean((p) => Math.floor(p / SIDE) + 0.5)];
  return drawStrokes(placed(5 + SIDE / 2 - x, 5 + SIDE / 2 - y));
}
