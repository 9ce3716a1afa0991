// What scrolls sideways in itself can be reached with the keyboard, and says what it is. Whoever
// closes a sidebar by a key is back at the button that opened it, which the theme takes focus from.
// Search works in a file and in a sandboxed frame as well.
(() => {
  const names = [
    ["div.highlight pre", "Code"],
    [".cell_output pre", "Output"],
    [".pst-scrollable-table-container, .cell_output .output_html", "Table"],
    ["mjx-container[display]", "Formula"],
    ["pre", "Text"],
  ];
  const boxes = new Map();
  for (const [selector, name] of names) {
    for (const box of document.querySelectorAll(`article :is(${selector})`)) {
      if (!boxes.has(box)) boxes.set(box, name);
    }
  }
  const mark = (box) => {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${boxes.get(box)}, scrolls sideways`);
    } else if (box.tabIndex === 0) {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  };
  // Told at first, and whenever a fold opens or the window changes.
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
  for (const box of boxes.keys()) watch.observe(box);

  for (const side of ["primary", "secondary"]) {
    const dialog = document.getElementById(`pst-${side}-sidebar-modal`);
    const button = document.querySelector(`.${side}-toggle`);
    const back = () => button?.focus();
    const closing = (event) => {
      if (event.key === "Escape") dialog.addEventListener("close", back, { once: true });
    };
    dialog?.addEventListener("keydown", closing, true);
  }

  // Such a page may fetch nothing, so results have no summaries; and a frame may send no forms.
  if (self.origin === "null") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
    for (const form of document.querySelectorAll("form[action$='search.html']")) {
      form.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        location.href = `${form.action}?${new URLSearchParams(new FormData(form))}`;
      });
    }
  }
})();
