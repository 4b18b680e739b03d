// The tiles of a heat map by the keys: a trace whose `meta` holds `pick` gets an element that takes the focus, and in it a
// cursor that goes from tile to tile. What Enter says to the kernel is what a click on that tile says.

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const clamp = (value, count) => Math.min(count - 1, Math.max(0, value));

// Cursors over all such traces of a figure; `choose` is told the trace and the cell of a choice. Returns what ends that.
function cursors(plot, choose) {
  const all = plot.data.flatMap((trace, number) =>
    trace.meta?.pick ? [cursor(plot, number, trace.meta.pick, (point) => choose(number, point))] : [],
  );
  plot.parentElement.append(...all.map(({ region }) => region));
  const place = () => all.forEach((one) => one.place());
  plot.on("plotly_afterplot", place);
  place();
  return () => all.forEach((one) => one.end());
}

function cursor(plot, number, { rows, columns, gap, label, tile, home }, choose) {
  const region = document.createElement("div");
  const row = document.createElement("div");
  const ring = document.createElement("div");
  const single = rows * columns === 1;
  let at = home ?? [0, 0];

  region.className = "ganviz-cells";
  region.tabIndex = 0;
  region.setAttribute("role", single ? "button" : "grid");
  region.setAttribute("aria-label", label);
  ring.className = "ganviz-cursor";
  if (!single) {
    region.setAttribute("aria-rowcount", rows);
    region.setAttribute("aria-colcount", columns);
    row.setAttribute("role", "row");
    ring.setAttribute("role", "gridcell");
  }
  row.append(ring);
  region.append(row);

  // The matrix begins with the lowest line of pixels. A tile's first pixel is always within the tile.
  const cell = () => {
    const { x, y } = plot.data[number];
    const [high, wide] = [(y.length + gap) / rows, (x.length + gap) / columns];
    return { line: y.length - 1 - at[0] * high, column: at[1] * wide, high: high - gap, wide: wide - gap };
  };
  const place = () => {
    const trace = plot._fullData[number];
    const { x, y } = plot.data[number];
    const [across, up] = [axisOf(plot._fullLayout, trace.xaxis), axisOf(plot._fullLayout, trace.yaxis)];
    if (!across?.c2p || !x?.length) return;
    const unit = Math.abs(across.c2p(1) - across.c2p(0));
    const to = (element, left, top, width, height) =>
      Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    const [left, top] = [across._offset + across.c2p(x[0] - 0.5), up._offset + up.c2p(y.at(-1) + 0.5)];
    to(region, left, top, x.length * unit, y.length * unit);
    const { line, column, high, wide } = cell();
    to(ring, column * unit, (y.length - 1 - line) * unit, wide * unit, high * unit);
  };
  const go = (to) => {
    at = [clamp(to[0], rows), clamp(to[1], columns)];
    place();
    if (single) return;
    row.setAttribute("aria-rowindex", at[0] + 1);
    ring.setAttribute("aria-colindex", at[1] + 1);
    const where = tile ? `${tile} ${at[0] * columns + at[1] + 1}` : `row ${at[0] + 1}, column ${at[1] + 1}`;
    ring.setAttribute("aria-label", where);
    // A listener is told of an active cell that is another than before.
    ring.id = `${label}-${at}`.replace(/\W+/g, "-");
    region.setAttribute("aria-activedescendant", ring.id);
  };
  const pick = () => {
    const { line, column } = cell();
    choose([line, column]);
    if (home) go(home);
  };

  const press = (event) => {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || event.isComposing) return;
    if (MOVES[key]) go([at[0] + MOVES[key][0], at[1] + MOVES[key][1]]);
    else if (key === "Home" && home) go(home), pick();
    else if (key === "Home" || key === "End") go([at[0], key === "Home" ? 0 : columns - 1]);
    else if (key === "Enter" || key === " ") event.repeat || pick();
    else if (key === "Escape") region.closest(".ganviz")?.focus({ preventScroll: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // Before anybody else, as in keys.js: JupyterLab would go to the next cell of the notebook.
  const listen = () => window.addEventListener("keydown", press, true);
  const end = () => window.removeEventListener("keydown", press, true);
  region.addEventListener("focus", listen);
  region.addEventListener("blur", end);
  go(at);
  return { region, place, end };
}
