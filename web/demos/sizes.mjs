// How much fits in a code: pictures and errors that were computed beforehand.

import { SIDE } from "./numerics.mjs";
import { digitCanvas, loadJson, loadPicture, make, slider, speaker } from "./page.mjs";

const SVG = "http://www.w3.org/2000/svg";
const COLOURS = { autoencoder: "var(--colour-autoencoder)", pca: "var(--colour-pca)" };
const NAMES = { autoencoder: "autoencoder", pca: "PCA" };

function svg(tag, attributes, ...inside) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

// Errors against sizes, and a line at the size that is shown.
function chart({ sizes, errors }) {
  const [width, height, left, bottom] = [360, 190, 40, 32];
  const top = Math.ceil(Math.max(...Object.values(errors).flat()) / 10) * 10;
  const x = (size) => left + ((width - left - 16) * (Math.log2(size) - 1)) / 5;
  const y = (error) => 8 + (height - bottom - 8) * (1 - error / top);
  const marker = svg("line", {
    y1: 8,
    y2: height - bottom,
    stroke: "var(--colour-line)",
    "stroke-dasharray": "4 3",
  });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", "aria-hidden": "true" });
  for (let error = 0; error <= top; error += 10) {
    picture.append(
      svg("line", { x1: left, x2: width - 8, y1: y(error), y2: y(error), stroke: "var(--colour-grid)" }),
      svg("text", { x: left - 6, y: y(error) + 4, "text-anchor": "end" }, String(error)),
    );
  }
  picture.append(marker);
  for (const size of sizes) {
    picture.append(svg("text", { x: x(size), y: height - 14, "text-anchor": "middle" }, String(size)));
  }
  for (const [name, values] of Object.entries(errors)) {
    const points = values.map((error, i) => [x(sizes[i]), y(error)]);
    picture.append(
      svg("polyline", { points: points.join(" "), fill: "none", stroke: COLOURS[name], "stroke-width": 2 }),
    );
    for (const [px, py] of points) {
      picture.append(
        name === "pca"
          ? svg("rect", { x: px - 4, y: py - 4, width: 8, height: 8, fill: COLOURS[name] })
          : svg("circle", { cx: px, cy: py, r: 4.5, fill: COLOURS[name] }),
      );
    }
  }
  const mark = (size) => {
    marker.setAttribute("x1", x(size));
    marker.setAttribute("x2", x(size));
  };
  return { picture, mark };
}

export async function build(element) {
  const [result, pictures] = await Promise.all([loadJson("sizes.json"), loadPicture("sizes_digits.png")]);
  const { sizes, errors, digits } = result;
  const state = { size: 30 };
  element.demo = state;
  const voice = speaker();
  const { picture, mark } = chart(result);

  const rows = ["digits", "autoencoder", "pca"].map((name) => {
    const canvas = digitCanvas("", digits.length);
    const line = make("span", { class: "line" });
    const caption = make("figcaption", {}, NAMES[name] ?? "ten test digits", line);
    return { name, canvas, line, figure: make("figure", { class: `row ${name}` }, caption, canvas) };
  });

  function show(place) {
    state.size = sizes[place];
    mark(state.size);
    for (const { name, canvas, line } of rows) {
      const sourceRow = name === "digits" ? 0 : 1 + 2 * place + (name === "pca");
      canvas
        .getContext("2d")
        .drawImage(pictures, 0, SIDE * sourceRow, canvas.width, SIDE, 0, 0, canvas.width, SIDE);
      if (name === "digits") {
        canvas.setAttribute("aria-label", "The first test digit of each class, 0 to 9");
        continue;
      }
      line.textContent = `error ${errors[name][place].toFixed(2)}`;
      canvas.setAttribute("aria-label", `${NAMES[name]} with ${state.size} numbers: the same ten digits`);
    }
    voice.say(
      `${state.size} numbers. Squared error: autoencoder ${errors.autoencoder[place].toFixed(2)}, ` +
        `PCA ${errors.pca[place].toFixed(2)}.`,
    );
  }
  const start = sizes.indexOf(state.size);
  const size = slider("numbers in the code", {
    min: 0,
    max: sizes.length - 1,
    step: 1,
    value: start,
    text: (place) => String(sizes[place]),
    className: "long",
    on: show,
  });
  show(start);
  return [
    size.element,
    ...rows.map((one) => one.figure),
    picture,
    make(
      "p",
      { class: "facts" },
      `Mean squared error per image on the 10,000 test digits, against the numbers in the code: ` +
        `circles for the autoencoder, squares for PCA. Each autoencoder is a small one, ` +
        `${result.network.join("-")}, with ${result.epochs} epochs on ${result.trained_on.toLocaleString("en")} ` +
        `digits.`,
    ),
    voice.element,
  ];
}
