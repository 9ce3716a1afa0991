// A digit as thirty numbers: sliders before the decoder.

import { format, likeMnist, row, squaredError } from "./numerics.mjs";
import {
  digitCanvas,
  eachFrame,
  figure,
  loadArrays,
  loadManifest,
  loadNetwork,
  loadPca,
  make,
  megabytes,
  paint,
  percent,
  slider,
  speaker,
} from "./page.mjs";
import { drawingBoard } from "./drawing.mjs";

export async function build(element) {
  const { digits: facts, files } = await loadManifest();
  const [decoder, pca, shipped] = await Promise.all([
    loadNetwork("digits_decoder"),
    loadPca(),
    loadArrays("digits"),
  ]);
  const state = { pixels: null, own: null, code: null, decoded: null, linear: null, ms: 0 };
  element.demo = state;
  const voice = speaker();

  const original = figure("the digit");
  const decoded = figure("decoder", "autoencoder");
  const linear = figure("PCA-30", "pca");
  const pictures = make(
    "div",
    { class: "pictures sticky" },
    original.element,
    decoded.element,
    linear.element,
  );
  const summary = make("p", { class: "facts" });

  const sliders = facts.low.map((low, i) =>
    slider(String(i + 1), {
      min: low,
      max: facts.high[i],
      step: (facts.high[i] - low) / 200,
      value: 0,
      text: (value) => format(value),
      on: (value) => {
        state.code[i] = value;
        changed();
      },
    }),
  );
  sliders.forEach(({ input }, i) => input.setAttribute("aria-label", `number ${i + 1} of the code`));

  // The decoder's answer to the numbers as they are now.
  function answer() {
    const start = performance.now();
    state.decoded = decoder.run(state.code);
    state.ms = performance.now() - start;
    const error = squaredError(state.pixels, state.decoded).toFixed(2);
    const linearError = squaredError(state.pixels, state.linear).toFixed(2);
    original.show(state.pixels, "784 pixels");
    decoded.show(state.decoded, `error ${error}`, `squared error ${error}`);
    linear.show(state.linear, `error ${linearError}`, `squared error ${linearError}`);
    summary.textContent =
      `Decoded in ${state.ms.toFixed(1)} ms. On the 10,000 test digits the squared error per image is ` +
      `${facts.error_8_bits.toFixed(2)}, PCA's ${facts.pca_error.toFixed(2)}; ` +
      `that the weights came in 8 bits adds ${percent(facts.cost)}.`;
    voice.say(`Squared error ${error}. PCA ${linearError}.`);
  }
  const changed = eachFrame(answer);

  function setCode(code) {
    state.code = Float64Array.from(code);
    sliders.forEach((one, i) => one.set(state.code[i]));
    changed();
  }

  function take(pixels, own) {
    Object.assign(state, { pixels: Float64Array.from(pixels), own: Float64Array.from(own) });
    state.linear = pca.decode(pca.encode(state.pixels));
    setCode(own);
  }

  const inkOf = (i) => Float64Array.from(row(shipped.pixels, i), (value) => value / 255);
  const buttons = facts.labels.map((label, i) => {
    const canvas = digitCanvas("");
    canvas.setAttribute("aria-hidden", "true");
    paint(canvas, inkOf(i));
    const name = i < 10 ? `the digit ${label}` : `a hard ${label}`;
    return make(
      "button",
      { type: "button", class: "pick", "aria-label": name, "aria-pressed": "false", on: { click: () => pick(i) } },
      canvas,
    );
  });
  const press = (pressed) =>
    [...buttons, draw].forEach((button) => button.setAttribute("aria-pressed", button === pressed));

  function pick(i) {
    press(buttons[i]);
    board.element.hidden = true;
    take(inkOf(i), row(shipped.codes, i));
  }

  // Drawn digits need the encoder, which readers who draw none do not load.
  let encoder;
  const problem = make("p", { class: "failed", role: "alert", hidden: true });
  async function drawn(strokes) {
    try {
      encoder ??= await loadNetwork("digits_encoder", { linear: true });
      const pixels = likeMnist(strokes);
      take(pixels, encoder.run(pixels));
      problem.hidden = true;
    } catch (error) {
      problem.textContent = `The encoder is missing: ${error.message}. Draw on to try again.`;
      problem.hidden = false;
    }
  }
  const board = drawingBoard(drawn);
  board.element.hidden = true;
  const draw = make(
    "button",
    {
      type: "button",
      class: "wide",
      "aria-pressed": "false",
      on: {
        click: () => {
          press(draw);
          board.element.hidden = false;
          board.focus();
        },
      },
    },
    `draw one (loads ${megabytes(files.digits_encoder.bytes)} more)`,
  );

  const back = make(
    "button",
    { type: "button", class: "wide", on: { click: () => setCode(state.own) } },
    "back to this digit's code",
  );
  const zero = make(
    "button",
    { type: "button", class: "wide", on: { click: () => setCode(new Float64Array(state.own.length)) } },
    "all thirty to 0",
  );
  pick(2);
  return [
    make("div", { class: "picks", role: "group", "aria-label": "a digit to start from" }, ...buttons, draw),
    board.element,
    problem,
    pictures,
    make(
      "div",
      { class: "sliders", role: "group", "aria-label": "the thirty numbers of its code" },
      ...sliders.map((one) => one.element),
    ),
    make("div", { class: "picks" }, back, zero),
    summary,
    voice.element,
  ];
}
