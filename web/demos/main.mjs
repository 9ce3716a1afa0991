// Starts each demo of a page when its reader comes near, or touches it first.

import * as between from "./between.mjs";
import * as map from "./map.mjs";
import { make } from "./page.mjs";
import * as sizes from "./sizes.mjs";
import * as thirty from "./thirty.mjs";

const kinds = { between, map, sizes, thirty };

// Before that, and wherever this program does not run, a still picture stands in its place.
function prepare(element) {
  const still = [...element.childNodes];
  let started = false;

  async function start() {
    if (started) return;
    started = true;
    observer.disconnect();
    const status = make("p", { role: "status" }, "Loading …");
    element.querySelector(".without")?.remove();
    element.querySelector(".failed")?.remove();
    element.append(status);
    element.setAttribute("aria-busy", "true");
    try {
      const live = await kinds[element.dataset.demo].build(element);
      element.replaceChildren(...live);
      element.dataset.ready = "";
    } catch (error) {
      started = false;
      status.remove();
      const again = make("button", { type: "button", on: { click: start } }, "Try again");
      element.replaceChildren(
        ...still.filter((node) => node.className !== "without"),
        make("p", { class: "failed", role: "alert" }, `This did not work: ${error.message}. `, again),
      );
    } finally {
      element.removeAttribute("aria-busy");
    }
  }

  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) start();
    },
    { rootMargin: "300px" },
  );
  observer.observe(element);
  element.addEventListener("pointerdown", start);
}

document.querySelectorAll("[data-demo]").forEach(prepare);
