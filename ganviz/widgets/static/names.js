// Names and states that a screen reader needs and ipywidgets does not give.

const PARTS = ".ganviz-side, .ganviz-bar, .ganviz-classes"; // where the controls of an explorer are
const NARROW = 560; // px

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

// A check box has two labels: an empty one, which holds a space of no width, and its own.
const textOf = (label) => label.textContent.replace(/[↻\u200b]/g, "").trim();
const labelOf = (row) => [...row.querySelectorAll("label")].map(textOf).find(Boolean) ?? "";

// "beta1" alone would not say whose.
function fullName(row) {
  const first = row.closest(".ganviz-option")?.querySelector(".widget-inline-hbox");
  const own = labelOf(row);
  return first && first !== row ? `${labelOf(first)}: ${own}` : own;
}

function nameControls(part, known) {
  for (const row of part.querySelectorAll(".widget-inline-hbox")) {
    const [handle, readout, select] = [".noUi-handle", ".widget-readout", "select"].map((kind) => row.querySelector(kind));
    const name = fullName(row);
    if (select) set(select, { "aria-label": name || select.title });
    // On a logarithmic slider the handle's own value is an exponent.
    if (handle) set(handle, { "aria-label": name, ...(readout && { "aria-valuetext": readout.textContent }) });
    if (readout?.isContentEditable) set(readout, { role: "textbox", "aria-label": `${name}, as a number` });
    for (const box of row.querySelectorAll("input:not([type=checkbox]), textarea")) set(box, { "aria-label": name });
  }
  for (const button of part.querySelectorAll(".widget-toggle-button"))
    set(button, { "aria-pressed": button.classList.contains("mod-active") });
  for (const header of part.querySelectorAll(FOLDED)) {
    const open = header.parentElement.classList.contains("jupyter-widget-Collapse-open");
    // On a phone the panel stands below the figures, and is short until a group is wanted; then it stays open, also in
    // the panel of another preset.
    const title = header.textContent.trim();
    if (open && !known.has(title) && part.closest(".ganviz").offsetWidth < NARROW) header.click();
    known.add(title);
    set(header, { role: "button", tabindex: 0, "aria-expanded": open });
  }
  for (const button of part.querySelectorAll("[class*=ganviz-key-]"))
    set(button, { "aria-keyshortcuts": SHORTCUTS[keyOf(button)] ?? keyOf(button) });
}

const SHORTCUTS = { space: "Space", right: "ArrowRight" };
const keyOf = (button) => button.className.match(/ganviz-key-(\w+)/)[1];

// Another preset brings another panel: the reader stays at the same height of it. Returns what does that, once it is there.
function keepHeight(panel) {
  let shown = panel.firstElementChild;
  let height = 0;
  const settle = () => (shown = panel.firstElementChild);
  for (const hand of ["pointerdown", "wheel", "keydown"]) panel.addEventListener(hand, settle, { passive: true });
  panel.addEventListener("scroll", ({ target }) => target === shown && (height = target.scrollTop), true);
  return () => {
    const now = panel.firstElementChild;
    if (!now || now === shown) return;
    now.scrollTop = height;
    if (now.scrollTop >= height - 1) settle(); // else more of it is still to come
  };
}

// Names the controls of an explorer, those that come later too; returns what ends that.
function nameAll(root) {
  const known = new Set(); // groups that have been seen, by their titles
  const panel = root.querySelector(".ganviz-panel");
  const keep = panel ? keepHeight(panel) : () => {};
  let due = false;
  const name = () => {
    due = false;
    keep();
    root.querySelectorAll(PARTS).forEach((part) => nameControls(part, known));
  };
  const observer = new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(name);
  });
  const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] };
  for (const part of root.querySelectorAll(PARTS)) observer.observe(part, changes);
  set(root, { role: "group", "aria-label": "Explorer" });
  name();
  return () => observer.disconnect();
}
