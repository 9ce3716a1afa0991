// Between two digits: in pixels, in PCA's numbers, in the code.

import { countGrey, mix, row } from "./numerics.mjs";
import {
  eachFrame,
  figure,
  loadArrays,
  loadManifest,
  loadNetwork,
  loadPca,
  make,
  newId,
  slider,
  speaker,
} from "./page.mjs";

export async function build(element) {
  const { digits: facts } = await loadManifest();
  const [decoder, pca, shipped] = await Promise.all([
    loadNetwork("digits_decoder"),
    loadPca(),
    loadArrays("digits"),
  ]);
  const digits = facts.labels.map((label, i) => {
    const pixels = Float64Array.from(row(shipped.pixels, i), (value) => value / 255);
    return { label, pixels, code: row(shipped.codes, i), linear: pca.encode(pixels) };
  });
  const state = { start: 3, end: 4, t: 0.5, pictures: null };
  element.demo = state;
  const voice = speaker();
  const shown = {
    pixels: figure("pixels"),
    linear: figure("PCA-30", "pca"),
    code: figure("30-number code", "autoencoder"),
  };

  const changed = eachFrame(() => {
    const [from, to] = [digits[state.start], digits[state.end]];
    state.pictures = {
      pixels: mix(from.pixels, to.pixels, state.t),
      linear: pca.decode(mix(from.linear, to.linear, state.t)),
      code: decoder.run(mix(from.code, to.code, state.t)),
    };
    for (const [name, pixels] of Object.entries(state.pictures)) {
      shown[name].show(pixels, `${countGrey(pixels)} grey pixels`);
    }
    voice.say(
      `${Math.round(100 * state.t)} percent from ${from.label} to ${to.label}. Grey pixels: ` +
        Object.entries(state.pictures)
          .map(([name, pixels]) => `${name === "linear" ? "PCA" : name} ${countGrey(pixels)}`)
          .join(", "),
    );
  });

  const select = (name, end) => {
    const id = newId();
    const options = digits.map(({ label }, i) =>
      make("option", { value: i, selected: i === state[end] }, i < 10 ? `${label}` : `a hard ${label}`),
    );
    const input = make("select", { id }, ...options);
    input.addEventListener("change", () => {
      state[end] = Number(input.value);
      changed();
    });
    return make("span", { class: "select" }, make("label", { for: id }, name), input);
  };
  const way = slider("way", {
    min: 0,
    max: 100,
    step: 1,
    value: 50,
    text: (value) => `${value} %`,
    className: "long",
    on: (value) => {
      state.t = value / 100;
      changed();
    },
  });
  way.input.setAttribute("aria-label", "how far from the first digit to the second");
  changed();
  return [
    make("div", { class: "picks" }, select("from", "start"), select("to", "end")),
    way.element,
    make("div", { class: "pictures" }, ...Object.values(shown).map((one) => one.element)),
    make(
      "p",
      { class: "facts" },
      "Grey pixels are those between a quarter and three quarters of full ink.",
    ),
    voice.element,
  ];
}
