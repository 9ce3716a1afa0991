// A board to draw a digit on, with a pointer or with keys.

import { SIDE } from "./numerics.mjs";
import { colour, make, newId, speaker } from "./page.mjs";

const SCALE = 10; // canvas pixels for one pixel of a digit
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Calls `drawn` with the strokes, lists of points [x, y] from 0 to 28, whenever there is new ink.
export function drawingBoard(drawn) {
  const help = newId();
  const voice = speaker();
  const canvas = make("canvas", {
    class: "board",
    width: SIDE * SCALE,
    height: SIDE * SCALE,
    tabindex: 0,
    role: "application",
    "aria-label": "Board to draw a digit on",
    "aria-describedby": help,
  });
  const context = canvas.getContext("2d");
  let strokes = [];
  let pen = [SIDE / 2, SIDE / 2]; // of the keyboard
  let down = false;
  let usesKeys = false;

  function redraw() {
    context.fillStyle = colour("--colour-paper");
    context.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(context, { lineWidth: 2.2 * SCALE, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = "#000000";
    for (const stroke of strokes) {
      context.beginPath();
      stroke.forEach(([x, y]) => context.lineTo(x * SCALE, y * SCALE));
      context.lineTo(stroke.at(-1)[0] * SCALE, stroke.at(-1)[1] * SCALE);
      context.stroke();
    }
    if (usesKeys) {
      context.beginPath();
      context.arc(pen[0] * SCALE, pen[1] * SCALE, SCALE, 0, 2 * Math.PI);
      const accent = colour("--colour-accent");
      Object.assign(context, { lineWidth: 3, strokeStyle: accent, fillStyle: accent });
      context.stroke();
      if (down) context.fill();
    }
  }

  function clear() {
    strokes = [];
    down = false;
    redraw();
    voice.say("The board is empty.");
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * SIDE,
      ((event.clientY - box.top) / box.height) * SIDE,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    usesKeys = down = false;
    strokes.push([place(event)]);
    redraw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    strokes.at(-1).push(place(event));
    redraw();
  });
  canvas.addEventListener("pointerup", () => drawn(strokes));
  canvas.addEventListener("keydown", (event) => {
    if (event.key in STEPS) {
      const far = event.shiftKey ? 3 : 1;
      pen = pen.map((value, i) => Math.min(SIDE - 2, Math.max(2, value + far * STEPS[event.key][i])));
      if (down) {
        strokes.at(-1).push(pen);
        drawn(strokes);
      }
    } else if (event.key === " " || event.key === "Enter") {
      down = !down;
      if (down) strokes.push([pen]);
      if (down) drawn(strokes);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
    } else {
      return;
    }
    event.preventDefault();
    usesKeys = true;
    redraw();
    voice.say(`The pen is ${down ? "down" : "up"}, column ${pen[0]}, row ${pen[1]}.`);
  });
  redraw();

  const element = make(
    "div",
    { class: "drawing" },
    canvas,
    make(
      "div",
      {},
      make(
        "p",
        { id: help, class: "facts" },
        "Draw with mouse or finger. Or with keys: arrows move the pen (further with Shift), space puts it " +
          "down and lifts it, Delete empties the board. The drawing is then scaled and centred as MNIST's " +
          "digits were.",
      ),
      make("button", { type: "button", class: "wide", on: { click: clear } }, "empty the board"),
    ),
    voice.element,
  );
  return { element, focus: () => canvas.focus({ preventScroll: true }) };
}
