// The keys of an explorer. A key clicks the button of the toolbar that bears it, as a class: ganviz-key-d for d.

const NAMES = { " ": "space", ArrowRight: "right" };

// Where a key is meant for the control that has the focus, and for nobody else.
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], .ganviz-editor *";
const OWN = {
  space: "button, summary, a[href], input, [role=button], [role=checkbox], [role=grid]",
  right: "[role=slider], input, .ganviz-cells",
};

const FOLDED = ".jupyter-widget-Collapse-header"; // ipywidgets lets only a mouse unfold it

// Whether a key is meant for the explorer `root`: the one that has the focus. On a page of our own that holds a single
// explorer it has the keys whenever nothing else wants them; a notebook has keys of its own.
function meantFor(root, target) {
  const around = target.closest?.(".ganviz");
  if (around) return around === root;
  return target === document.body && ownPage() && document.querySelectorAll(".ganviz").length === 1;
}

const ownPage = () => document.body.dataset.voila !== undefined;

// What a key does in an explorer: an element to click, or nothing.
function clickedBy(root, { key, target }) {
  const name = NAMES[key] ?? key.toLowerCase();
  if (target.matches(FOLDED)) return name === "space" || name === "enter" ? target : null;
  if (!/^[a-z]+$/.test(name) || target.matches(TYPING) || (OWN[name] && target.matches(OWN[name]))) return null;
  return root.querySelector(`.ganviz-key-${name}`);
}

// Makes the keys of an explorer work; returns what ends that.
function listen(root) {
  const press = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !meantFor(root, event.target)) return;
    const button = clickedBy(root, event);
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    // A key that is held down goes on stepping, and does nothing else over and over.
    if (!event.repeat || event.key === "ArrowRight") button.click();
  };
  // plotly keeps the pointer's press to itself, and with it the focus from moving here. The browser cannot tell that it
  // comes from the pointer: only who moves it by the keys should see where it is.
  const point = (event) => {
    root.classList.toggle("ganviz-pointed", Boolean(event.target.closest(".ganviz-plot")));
    if (root.classList.contains("ganviz-pointed")) root.focus({ preventScroll: true });
  };
  const leave = () => root.classList.remove("ganviz-pointed");
  root.tabIndex = -1;
  root.addEventListener("blur", leave);
  root.addEventListener("pointerdown", point);
  // Before anybody else: JupyterLab listens on the document, and there d, d deletes a cell.
  window.addEventListener("keydown", press, true);
  return () => {
    root.removeEventListener("pointerdown", point);
    root.removeEventListener("blur", leave);
    window.removeEventListener("keydown", press, true);
  };
}
