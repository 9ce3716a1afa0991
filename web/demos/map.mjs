// A map of two numbers to walk in: the decoder draws what lies under the pointer.

import { format, nearest, PIXELS, SIDE, squaredError } from "./numerics.mjs";
import {
  choice,
  colour,
  eachFrame,
  figure,
  loadArrays,
  loadManifest,
  loadNetwork,
  loadPca,
  loadPicture,
  make,
  newId,
  percent,
  slider,
  speaker,
} from "./page.mjs";

const LIT = 8; // dots near the cross that are named
const SHOWN = 6; // digits near it that are drawn,
const CANDIDATES = 60; // of so many that are looked at
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const median = (values) => Float64Array.from(values).sort()[Math.floor(values.length / 2)];

// The part of the plane that holds nearly all dots, with a margin.
function limitsOf(points) {
  const limits = [0, 1].map((axis) => {
    const values = points.filter((_, k) => k % 2 === axis).sort();
    const [low, high] = [0.003, 0.997].map((q) => values[Math.floor(q * (values.length - 1))]);
    const margin = 0.06 * (high - low);
    return [low - margin, high + margin];
  });
  return limits;
}

// Move places apart until none are closer than a distance, so that numerals can be read.
function spread(places, distance) {
  for (let round = 0; round < 100; round++) {
    for (const a of places) {
      for (const b of places) {
        const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        const apart = Math.hypot(dx, dy);
        if (a === b || apart >= distance) continue;
        // Two places that coincide have no direction of their own.
        const [x, y] = apart ? [dx / apart, dy / apart] : [1, 0];
        const push = (distance - apart) / 2;
        a[0] -= push * x;
        a[1] -= push * y;
        b[0] += push * x;
        b[1] += push * y;
      }
    }
  }
}

function numeral(draw, text, [x, y]) {
  Object.assign(draw, { font: "bold 18px sans-serif", textAlign: "center", textBaseline: "middle" });
  Object.assign(draw, { lineWidth: 4, strokeStyle: colour("--colour-paper"), lineJoin: "round" });
  draw.fillStyle = colour("--colour-ink");
  draw.strokeText(text, x, y);
  draw.fillText(text, x, y);
}

export async function build(element) {
  const { map: facts } = await loadManifest();
  const [decoder, pca, dots, sprite] = await Promise.all([
    loadNetwork("map_decoder"),
    loadPca(),
    loadArrays("map"),
    loadPicture("map_digits.png"),
  ]);
  const labels = dots.labels.values;
  const colours = colour("--colour-digits").split(/\s*,\s*/);
  const maps = {
    autoencoder: {
      points: dots.autoencoder.values,
      decode: (place) => decoder.run(place),
      error: facts.error_8_bits,
      right: facts.right,
    },
    pca: {
      points: dots.pca.values,
      decode: (place) => pca.decode(place),
      error: facts.pca_error,
      right: facts.pca_right,
    },
  };
  for (const map of Object.values(maps)) map.limits = limitsOf(map.points);

  // The pictured digits as numbers, to compare them with what the decoder draws.
  const reading = make("canvas", { width: sprite.width, height: sprite.height });
  const context = reading.getContext("2d", { willReadFrequently: true });
  context.drawImage(sprite, 0, 0);
  function pictured(i) {
    const [x, y] = [SIDE * (i % facts.columns), SIDE * Math.floor(i / facts.columns)];
    const { data } = context.getImageData(x, y, SIDE, SIDE);
    return Float64Array.from({ length: PIXELS }, (_, p) => 1 - data[4 * p] / 255);
  }

  const state = { name: "autoencoder", place: [0, 0], decoded: null, nearest: null, error: 0, ms: 0 };
  element.demo = state;
  const voice = speaker();
  const help = newId();
  const plane = make("canvas", {
    class: "plane",
    tabindex: 0,
    role: "application",
    "aria-label": "Map of digits",
    "aria-describedby": help,
  });
  const under = figure("under the cross");
  const neighbour = figure("nearest digit with a picture");
  const summary = make("p", { class: "facts" });
  let background; // dots and numerals, drawn once for each size and each map
  let side = 0; // of the plane, in pixels of the page

  const toPlane = ([x, y]) => {
    const [[left, right], [low, high]] = maps[state.name].limits;
    return [(side * (x - left)) / (right - left), side * (1 - (y - low) / (high - low))];
  };
  const toPlace = ([px, py]) => {
    const [[left, right], [low, high]] = maps[state.name].limits;
    return [left + (px / side) * (right - left), low + (1 - py / side) * (high - low)];
  };

  function drawBackground() {
    const ratio = window.devicePixelRatio || 1;
    side = plane.clientWidth;
    plane.width = plane.height = Math.round(side * ratio);
    background = make("canvas", { width: plane.width, height: plane.height });
    const draw = background.getContext("2d");
    draw.scale(ratio, ratio);
    draw.fillStyle = colour("--colour-paper");
    draw.fillRect(0, 0, side, side);
    const { points } = maps[state.name];
    const of = (i) => [points[2 * i], points[2 * i + 1]];
    draw.globalAlpha = 0.65;
    labels.forEach((label, i) => {
      draw.fillStyle = colours[label];
      const [x, y] = toPlane(of(i));
      draw.fillRect(x - 1.3, y - 1.3, 2.6, 2.6);
    });
    draw.globalAlpha = 1;
    const middles = Array.from({ length: 10 }, (_, digit) => {
      const members = [...labels.keys()].filter((i) => labels[i] === digit).map(of);
      return toPlane([0, 1].map((axis) => median(members.map((place) => place[axis]))));
    });
    spread(middles, 19);
    middles.forEach((middle, digit) => numeral(draw, String(digit), middle));
  }

  function redraw() {
    if (!background) return;
    const draw = plane.getContext("2d");
    const ratio = plane.width / side;
    draw.setTransform(1, 0, 0, 1, 0, 0);
    draw.drawImage(background, 0, 0);
    draw.scale(ratio, ratio);
    const { points } = maps[state.name];
    const of = (i) => toPlane([points[2 * i], points[2 * i + 1]]);
    const cross = toPlane(state.place);
    for (const i of nearest(points, ...state.place, LIT)) {
      draw.beginPath();
      draw.arc(...of(i), 4, 0, 2 * Math.PI);
      Object.assign(draw, { lineWidth: 1.5, fillStyle: colours[labels[i]], strokeStyle: "#000000" });
      draw.fill();
      draw.stroke();
    }
    // Pictures of digits nearby, but none on top of another or of the cross.
    const taken = [cross];
    for (const i of nearest(points, ...state.place, CANDIDATES, facts.pictured)) {
      const [x, y] = of(i);
      if (taken.some(([a, b]) => Math.max(Math.abs(a - x), Math.abs(b - y)) < SIDE + 4)) continue;
      taken.push([x, y]);
      const from = [SIDE * (i % facts.columns), SIDE * Math.floor(i / facts.columns), SIDE, SIDE];
      draw.drawImage(sprite, ...from, x - SIDE / 2, y - SIDE / 2, SIDE, SIDE);
      Object.assign(draw, { lineWidth: 2, strokeStyle: colours[labels[i]] });
      draw.strokeRect(x - SIDE / 2, y - SIDE / 2, SIDE, SIDE);
      if (taken.length > SHOWN) break;
    }
    const [x, y] = cross;
    for (const [width, ink] of [[4, colour("--colour-paper")], [2, "#000000"]]) {
      Object.assign(draw, { lineWidth: width, strokeStyle: ink });
      draw.beginPath();
      draw.moveTo(x - 12, y);
      draw.lineTo(x + 12, y);
      draw.moveTo(x, y - 12);
      draw.lineTo(x, y + 12);
      draw.stroke();
    }
  }

  const changed = eachFrame(() => {
    const map = maps[state.name];
    const start = performance.now();
    state.decoded = map.decode(state.place);
    state.ms = performance.now() - start;
    [state.nearest] = nearest(map.points, ...state.place, 1, facts.pictured);
    const other = pictured(state.nearest);
    state.error = squaredError(other, state.decoded);
    const around = nearest(map.points, ...state.place, LIT).map((i) => labels[i]);
    under.show(state.decoded, `around it: ${around.join(" ")}`);
    neighbour.show(other, `a ${labels[state.nearest]}; apart by ${state.error.toFixed(1)}`);
    summary.textContent =
      `Drawn in ${state.ms.toFixed(1)} ms. From two numbers each, the 10,000 test digits come back with a mean ` +
      `squared error of ${map.error.toFixed(2)}. The nearest of the ${labels.length.toLocaleString("en")} dots has the right label in ${percent(map.right)} of cases.`;
    voice.say(
      `At ${state.place.map((value) => format(value)).join(", ")}. Nearest dots: ${around.join(", ")}. ` +
        `Nearest digit with a picture: ${labels[state.nearest]}, squared error ${state.error.toFixed(1)}.`,
    );
    axes.forEach((axis, i) => axis.set(state.place[i]));
    redraw();
  });

  function go(place) {
    const { limits } = maps[state.name];
    state.place = place.map((value, i) => Math.min(limits[i][1], Math.max(limits[i][0], value)));
    changed();
  }
  function middle() {
    const { points } = maps[state.name];
    go([0, 1].map((axis) => median(points.filter((_, k) => k % 2 === axis))));
  }

  const axes = ["across", "up"].map((name, i) =>
    slider(name, {
      min: 0,
      max: 1,
      step: 0.1,
      value: 0,
      text: (value) => format(value),
      className: "long",
      on: (value) => go(state.place.map((old, k) => (k === i ? value : old))),
    }),
  );
  function setLimits() {
    axes.forEach(({ input }, i) => {
      const [low, high] = maps[state.name].limits[i];
      Object.assign(input, { min: low, max: high, step: (high - low) / 200 });
    });
  }

  const place = (event) => {
    const box = plane.getBoundingClientRect();
    return toPlace([event.clientX - box.left, event.clientY - box.top]);
  };
  plane.addEventListener("pointermove", (event) => go(place(event)));
  plane.addEventListener("pointerdown", (event) => go(place(event)));
  plane.addEventListener("keydown", (event) => {
    if (event.key === "Home") {
      middle();
    } else if (event.key in STEPS) {
      const far = event.shiftKey ? 0.05 : 0.01;
      const { limits } = maps[state.name];
      go(state.place.map((value, i) => value + far * STEPS[event.key][i] * (limits[i][1] - limits[i][0])));
    } else {
      return;
    }
    event.preventDefault();
  });

  const which = choice(
    "Whose map?",
    { autoencoder: "the autoencoder's code", pca: "PCA's first two numbers" },
    state.name,
    (name) => {
      state.name = name;
      setLimits();
      drawBackground();
      middle();
    },
  );
  new ResizeObserver(() => {
    if (!plane.clientWidth || Math.round(plane.clientWidth) === Math.round(side)) return;
    drawBackground();
    redraw();
  }).observe(plane);
  setLimits();
  middle();
  return [
    which,
    make(
      "div",
      { class: "walk" },
      plane,
      make("div", { class: "pictures" }, under.element, neighbour.element),
    ),
    ...axes.map((axis) => axis.element),
    make(
      "p",
      { id: help, class: "facts" },
      "Move the pointer, or use the arrow keys (further with Shift; Home leads to the middle). Numerals stand " +
        "at the middle of each class. The dots nearest to the cross are larger.",
    ),
    summary,
    voice.element,
  ];
}
