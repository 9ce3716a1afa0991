// What all demos share: loading data, elements, digits drawn on the page, words for readers
// who do not see them.

import { bytesOf, Network, Pca, SIDE, unpack } from "./numerics.mjs";

const loaded = new Map();
// Where the script stands that web/extensions/pages/demo_scripts.py makes of these modules; data stand beside it.
const here = document.currentScript.src;

// Data come as classic scripts, which leave them in `demoData`: they load from a file, and in
// a frame without an origin, where nothing may be fetched.
function load(name) {
  return new Promise((resolve, reject) => {
    const script = make("script", {
      src: new URL(`${name}.js`, here),
      on: {
        load: () => {
          const data = self.demoData?.[name];
          if (data !== undefined) resolve(data);
          else reject(new Error(`${name}.js came, but does not hold what it should`));
        },
        error: () => reject(new Error(`${name}.js could not be loaded from where this page stands`)),
      },
    });
    document.head.append(script);
  }).finally(() => delete self.demoData?.[name]);
}

// Load something once, however many demos ask for it. A failure is not kept.
function once(name, read = (data) => data) {
  if (!loaded.has(name)) {
    const promise = load(name).then(read);
    promise.catch(() => loaded.delete(name));
    loaded.set(name, promise);
  }
  return loaded.get(name);
}

export const loadJson = (name) => once(name);
export const loadManifest = () => loadJson("manifest.json");

export async function loadArrays(name) {
  const { files } = await loadManifest();
  const buffer = await once(`${name}.bin`, bytesOf);
  return unpack(buffer, files[name].arrays);
}

export const loadNetwork = async (name, options) => new Network(await loadArrays(name), options);
export const loadPca = async () => new Pca(await loadArrays("pca"));

// From inside the page, since a canvas does not give back what it was drawn from a file.
export const loadPicture = (name) =>
  once(name, async (data) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${data}`;
    await picture.decode();
    return picture;
  });

// Make an element: attributes by name, `on` for events, text or elements inside.
export function make(tag, { on = {}, ...attributes } = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...inside);
  return element;
}

let identifiers = 0;
export const newId = () => `demo-${++identifiers}`;

// A colour of the course, by its custom property: "--colour-pca". A canvas needs its value.
export const colour = (property) =>
  getComputedStyle(document.documentElement).getPropertyValue(property).trim();

// A canvas for one digit, or for a row of several.
export function digitCanvas(label, columns = 1) {
  return make("canvas", {
    class: "digit",
    width: SIDE * columns,
    height: SIDE,
    role: "img",
    "aria-label": label,
  });
}

// Ink on paper, as in the chapters' figures, in light and dark mode.
export function paint(canvas, pixels) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  for (let p = 0; p < pixels.length; p++) {
    const grey = 255 * (1 - Math.min(1, Math.max(0, pixels[p])));
    image.data.set([grey, grey, grey, 255], 4 * p);
  }
  context.putImageData(image, 0, 0);
}

// A digit with its name and a line that changes.
export function figure(name, className = "") {
  const canvas = digitCanvas(name);
  const line = make("span", { class: "line" });
  const element = make("figure", { class: className }, canvas, make("figcaption", {}, name, line));
  return {
    element,
    show(pixels, text, spoken = text) {
      paint(canvas, pixels);
      line.textContent = text;
      canvas.setAttribute("aria-label", `${name}. ${spoken}`);
    },
  };
}

// A slider with its name before it and its value behind it.
export function slider(name, { min, max, step, value, text, on, className = "" }) {
  const id = newId();
  const input = make("input", { id, type: "range", min, max, step });
  const output = make("output", { for: id });
  const element = make(
    "div",
    { class: `slider ${className}` },
    make("label", { for: id }, name),
    input,
    output,
  );
  const set = (to) => {
    input.value = to;
    output.textContent = text(to);
    input.setAttribute("aria-valuetext", text(to));
  };
  input.addEventListener("input", () => {
    output.textContent = text(input.valueAsNumber);
    input.setAttribute("aria-valuetext", text(input.valueAsNumber));
    on(input.valueAsNumber);
  });
  set(value);
  return { element, input, set };
}

// A choice of a few, as radio buttons.
export function choice(legend, options, chosen, on) {
  const name = newId();
  const labels = Object.entries(options).map(([value, text]) => {
    const input = make("input", {
      type: "radio",
      name,
      value,
      checked: value === chosen,
      on: { change: () => on(value) },
    });
    return make("label", {}, input, ` ${text}`);
  });
  return make("fieldset", { class: "choice" }, make("legend", {}, legend), ...labels);
}

// Words for screen readers. They wait for a pause, so that a slider does not talk without end.
export function speaker() {
  const element = make("p", { class: "spoken", "aria-live": "polite" });
  let waiting;
  return {
    element,
    say(text) {
      clearTimeout(waiting);
      waiting = setTimeout(() => (element.textContent = text), 500);
    },
  };
}

// At most one drawing for each frame of the screen, of what is newest.
export function eachFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
export const percent = (fraction) => `${(100 * fraction).toFixed(1)} %`;
