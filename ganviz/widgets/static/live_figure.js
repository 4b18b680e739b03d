// LiveFigure's half in the browser: draw the newest frame, then say so. The kernel sends the next frame only after
// that, so no queue can build up between the two.

// plotly.js comes from the kernel, gzipped, once for the whole page however many figures are on it.
function loadPlotly(model) {
  const slot = Symbol.for("ganviz.plotly");
  globalThis[slot] ??= new Promise((resolve, reject) => {
    const receive = (message, buffers) => {
      if (message.kind !== "plotly") return;
      model.off("msg:custom", receive);
      unpack(buffers[0]).then(run).then(resolve, reject);
    };
    model.on("msg:custom", receive);
    model.send({ kind: "plotly" });
  });
  return globalThis[slot];
}

async function unpack(buffer) {
  const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Blob([await new Response(stream).arrayBuffer()], { type: "text/javascript" });
}

function run(blob) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = URL.createObjectURL(blob);
    script.onload = () => (URL.revokeObjectURL(script.src), resolve(globalThis.Plotly));
    script.onerror = () => reject(new Error("plotly.js did not load"));
    document.head.append(script);
  });
}

// A frame's arrays lie one behind the other in a single buffer; a matrix row by row.
function arraysOf(message, buffer) {
  const bytes = buffer instanceof ArrayBuffer ? new DataView(buffer) : buffer;
  let offset = bytes.byteOffset;
  return message.arrays.map(({ trace, attribute, length, columns }) => {
    const flat = new Float32Array(bytes.buffer.slice(offset, (offset += 4 * length)));
    const row = (_, i) => flat.subarray(i * columns, (i + 1) * columns);
    return { trace, attribute, values: columns ? Array.from({ length: length / columns }, row) : flat };
  });
}

// "yaxis.range" → plot.layout.yaxis.range, "data.2.name" → plot.data[2].name
function assign(plot, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  keys.reduce((branch, key) => (branch[key] ??= {}), keys[0] === "data" ? plot : plot.layout)[last] = value;
}

const NARROW = 560; // px, a phone

// Keeps a figure in the shape that suits its width: `meta.narrow` holds what it has otherwise where it is narrow, by the
// paths of the layout. There, too, a finger's stroke scrolls the page instead of zooming. Says whether the shape is new.
function shaper(layout) {
  const narrow = { dragmode: false, ...layout.meta?.narrow };
  const read = (path) => path.split(".").reduce((branch, key) => branch?.[key], layout);
  const wide = Object.fromEntries(Object.keys(narrow).map((path) => [path, read(path)]));
  let shape = wide;
  return (plot) => {
    const wanted = plot.offsetWidth && plot.offsetWidth < NARROW ? narrow : wide;
    if (wanted === shape) return false;
    shape = wanted;
    for (const [path, value] of Object.entries(shape)) assign(plot, path, structuredClone(value));
    plot.style.minHeight = `${plot.layout.height}px`;
    return true;
  };
}

// Gives a figure the colours of the page: `dark` holds what it has otherwise where the page is dark, by the same paths.
function dresser({ dark, ...spec }) {
  const branch = (path) => (path.startsWith("data.") ? spec : spec.layout);
  const read = (path) => path.split(".").reduce((part, key) => part[key], branch(path));
  const light = Object.fromEntries(Object.keys(dark).map((path) => [path, read(path)]));
  return (plot) => {
    for (const [path, value] of Object.entries(darkPage() ? dark : light)) assign(plot, path, value);
  };
}

// Rings around what the reader points at, in every picture that shows it: a trace whose `meta` names a probe is the ring
// around a node of that trace, and the nodes of all those traces are the same ones.
function probing(plot, changed) {
  const rings = plot.data.flatMap((trace, ring) => (trace.meta?.probe === undefined ? [] : [[ring, trace.meta.probe]]));
  const nodes = new Set(rings.map(([, of]) => of));
  let node = null;
  const point = (to) => {
    if (to === node) return;
    node = to;
    changed();
  };
  plot.on("plotly_hover", ({ points }) => point(points.find((hit) => nodes.has(hit.curveNumber))?.pointNumber ?? null));
  plot.on("plotly_unhover", () => point(null));
  return () => {
    for (const [ring, of] of rings)
      for (const side of ["x", "y"]) plot.data[ring][side] = [node === null ? NaN : plot.data[of][side][node]];
  };
}

// Tells the kernel which cell of a heat map was clicked, where the figure lets its cells be picked.
// Returns what ends that.
function picking(plot, say) {
  plot.on("plotly_click", ({ points }) => {
    const hit = points.find(({ curveNumber }) => plot.data[curveNumber].meta?.pick);
    if (hit) say("pick", { trace: hit.curveNumber, point: Array.from(hit.pointNumber) });
  });
  return cursors(plot, (trace, point) => say("pick", { trace, point }));
}

// Draws frames: by the painter while they stream in, by plotly when the axes change, when the reader points at the
// figure, and when the stream rests.
function drawer(Plotly, plot, root) {
  const REST = 700; // ms without a frame after which plotly draws the figure itself
  const GLANCE = 250; // ms between plotly's drawings under the pointer: its labels should show the new values
  let pointer = null;
  let settled = 0;
  let timer = null;
  plot.addEventListener("mousemove", (event) => (pointer = event));
  plot.addEventListener("mouseleave", () => (pointer = null));

  const stream = () => {
    placeRings();
    paint(plot);
    root.classList.add("ganviz-streaming");
    clearTimeout(timer);
    timer = setTimeout(settle, REST);
  };
  const placeRings = probing(plot, () => paintable(plot) && stream());

  const settle = async () => {
    clearTimeout(timer);
    settled = performance.now();
    placeRings();
    plot.layout.datarevision = settled;
    await Plotly.react(plot, plot.data, plot.layout);
    root.classList.remove("ganviz-streaming");
    // Redrawing drops the hover label: ask for it again where the pointer rests.
    const dragging = document.querySelector(".dragcover");
    if (pointer && !dragging && pointer.target.closest?.(".draglayer")) Plotly.Fx.hover(plot, pointer);
  };

  const draw = async (message, buffer) => {
    for (const { trace, attribute, values } of arraysOf(message, buffer)) plot.data[trace][attribute] = values;
    // The layout holds what the reader zoomed into; an axis range is in a frame only when it is new.
    const moved = Object.entries(message.layout);
    for (const [path, value] of moved) assign(plot, path, value);
    const glance = pointer && performance.now() - settled > GLANCE;
    if (moved.length || glance || !paintable(plot)) return settle();
    stream();
  };
  // Plotly drew its axes anew in another size: what was painted for the old one is painted again.
  const resized = () => root.classList.contains("ganviz-streaming") && (paintable(plot) ? stream() : settle());
  return { draw, settle, resized };
}

function render({ model, el }) {
  const root = document.createElement("div");
  const plot = document.createElement("div");
  const caption = document.createElement("div");
  root.className = "ganviz-figure";
  plot.className = "ganviz-plot";
  caption.className = "ganviz-caption";
  caption.setAttribute("aria-live", "off");
  root.append(plot, caption);
  el.append(root);
  const spec = JSON.parse(model.get("_spec"));
  plot.style.minHeight = `${spec.layout.height}px`;
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", spec.label);
  // Room for the whole state line from the beginning: what comes below must not jump when it grows.
  if (spec.layout.meta?.lines) caption.style.minHeight = `${22 * spec.layout.meta.lines}px`;

  let Plotly = null;
  let drawing = null;
  let newest = null; // the frame that waits to be drawn
  let busy = false;
  let endPicking = () => {};
  let onScreen = true;
  let closed = false;
  const visible = () => onScreen && !document.hidden;
  const say = (kind, more = {}) => closed || model.send({ kind, visible: visible(), ...more });
  const heart = heartbeat(root, say);

  const pump = async () => {
    if (!newest || busy || !Plotly || !visible() || closed) return;
    busy = true;
    const { message, buffers } = newest;
    newest = null;
    try {
      await drawing.draw(message, buffers[0]);
      root.classList.remove("ganviz-stale");
      if (caption.innerHTML !== message.caption) caption.innerHTML = message.caption;
      Object.assign(root.dataset, message.state, { frames: Number(root.dataset.frames ?? 0) + 1 });
    } catch (error) {
      console.error("ganviz could not draw a frame:", error);
    } finally {
      busy = false;
    }
    say("drawn", { sequence: message.sequence });
  };

  const receive = (message, buffers) => {
    heart.heard();
    if (message.kind === "stale") root.classList.add("ganviz-stale");
    if (message.kind !== "frame") return;
    newest = { message, buffers };
    pump();
  };
  const wake = () => (visible() ? (pump(), say("alive")) : say("alive"));
  const sight = new IntersectionObserver(([entry]) => {
    onScreen = entry.isIntersecting;
    wake();
  });
  const reshape = shaper(spec.layout);
  const dress = dresser(spec);
  const endTheme = onTheme(() => {
    if (!drawing) return;
    dress(plot);
    drawing.settle();
  });
  const fit = async () => {
    if (!Plotly || !plot.data || !root.offsetWidth) return;
    if (reshape(plot)) await Plotly.react(plot, plot.data, plot.layout);
    await Plotly.Plots.resize(plot);
    await drawing?.resized();
  };
  const resize = new ResizeObserver(fit);

  model.on("msg:custom", receive);
  document.addEventListener("visibilitychange", wake);
  loadPlotly(model).then(async (loaded) => {
    if (closed) return;
    dress(spec);
    await loaded.newPlot(plot, spec.data, spec.layout, spec.config);
    Plotly = loaded;
    drawing = drawer(Plotly, plot, root);
    endPicking = picking(plot, say);
    sight.observe(root);
    resize.observe(root);
    say("ready");
    pump();
  });

  return () => {
    closed = true;
    heart.stop();
    endPicking();
    endTheme();
    sight.disconnect();
    resize.disconnect();
    document.removeEventListener("visibilitychange", wake);
    model.off("msg:custom", receive);
    if (Plotly) Plotly.purge(plot);
  };
}

export default { render };
