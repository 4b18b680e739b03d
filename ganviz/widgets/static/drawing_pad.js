// A pad to draw on with mouse, pen, finger or keys. What a stroke does to the points, and what they look like, is said
// by `drawing` (curve_pad.js, cloud_pad.js). Nothing is sent while one draws; a finished stroke proposes all points.

const REMEMBERED = 100; // strokes that can be undone
const EMPTY = "The pad is empty: what was drawn before stays in use until you draw again.";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// The points, the strokes that make them, and the way back. `propose` is called with what a finished stroke left.
function sketch({ propose, changed }) {
  let [points, before, stroke, last] = [[], [], null, null];
  const replace = (next) => {
    before = [...before, points].slice(-REMEMBERED);
    points = next;
    changed();
  };
  return {
    points: () => points,
    drawn: () => stroke !== null,
    canUndo: () => before.length > 0,
    show(held) {
      points = held;
      while (before.length && same(before.at(-1), points)) before.pop();
      changed();
    },
    begin(place, pad) {
      replace(points);
      stroke = drawing.begin(place, pad);
      last = place;
      this.extend(place);
    },
    extend(place) {
      points = stroke(points, last, place);
      last = place;
      changed();
    },
    end(window) {
      stroke = null;
      points = drawing.finish(points).map(([x, y]) => [rounded(x, window.x), rounded(y, window.y)]);
      changed();
      propose(points);
    },
    giveUp() {
      stroke = null;
      this.undo();
    },
    undo() {
      points = before.pop() ?? points;
      changed();
      return points;
    },
    clear: () => replace([]),
  };
}

// What the pen shows of itself: the brush, where it has a size, and a cross where keys move it.
function paintTip(pen, tip, brush, byKey) {
  drawing.paintTip?.(pen, tip, brush);
  if (!byKey) return;
  const [x, y] = tip;
  pen.strokeStyle = ink(pen, "accent");
  pen.lineWidth = 1.5;
  pen.stroke(new Path2D(`M ${x - 7} ${y} H ${x + 7} M ${x} ${y - 7} V ${y + 7}`));
}

function paintPad(canvas, { sheet, window, tip, brush, byKey }) {
  const fitted = penOf(canvas);
  if (!fitted || !window) return null;
  const { pen, width, height } = fitted;
  const scale = scaleOf(width, height, window);
  const { box } = scale;
  paintAxes(pen, scale, window);
  pen.save();
  pen.beginPath();
  pen.rect(box.left, box.top - 1, box.width, box.height + 2); // a line on the ground keeps its width
  pen.clip();
  drawing.paint(pen, sheet.points(), scale);
  if (tip) paintTip(pen, tip, brush, byKey);
  pen.restore();
  if (!sheet.points().length && !sheet.drawn()) hintWithin(pen, scale);
  return scale;
}

function hintWithin(pen, { box }) {
  pen.fillStyle = ink(pen, "quiet");
  pen.font = pen.font.replace("11px", "14px");
  pen.textAlign = "center";
  pen.fillText(drawing.hint, box.left + box.width / 2, box.top + box.height / 2);
}

// What hands can do (pad_hand.js), to the state of one pad.
function penOn(pad, { show, say, changed }) {
  const { sheet } = pad;
  const centre = ({ box }) => [box.left + box.width / 2, box.top + box.height / 2];
  const moveTo = (at) => pad.scale.place((pad.tip = at));
  const pen = {
    isDown: sheet.drawn,
    tip: () => (pad.tip ??= centre(pad.scale)),
    hover(at) {
      [pad.tip, pad.byKey] = [at, false];
      changed();
    },
    down(at) {
      pad.late = null;
      sheet.begin(moveTo(at), pad);
    },
    move: (at) => sheet.drawn() && sheet.extend(moveTo(at)),
    up: () => sheet.drawn() && sheet.end(pad.window),
    giveUp() {
      if (!sheet.drawn()) return;
      sheet.giveUp();
      if (pad.late) show(pad.late);
    },
    nudge(right, down) {
      const [x, y] = pen.tip();
      pad.byKey = true;
      pad.tip = pad.scale.pixel(pad.scale.place([x + right, y + down]));
      pen.move(pad.tip);
      changed();
    },
    report() {
      const [x, y] = pad.scale.place(pen.tip());
      say(`Pen ${sheet.drawn() ? "down" : "up"} at ${signed(x, 2)}, ${signed(y, 2)}`);
    },
  };
  return pen;
}

const KEYS = "Arrow keys move the pen, Enter puts it down and lifts it, Escape gives the stroke up.";
const interval = (ends) => ends.map((end) => String(Number(end.toPrecision(3))).replace("-", "−")).join(" to ");

function render({ model, el }) {
  const life = new AbortController();
  const canvas = part("canvas", "pad", { tabIndex: 0, title: "" });
  const count = part("span", "count");
  const undo = button("Undo", () => sheet.canUndo() && offer(sheet.undo()));
  const clear = button("Clear", () => (sheet.clear(), say(EMPTY)));
  const bar = part("div", "bar");
  const brush = drawing.brush();
  bar.append(clear, undo, ...drawing.tools(brush), count);
  const { say } = editorFrame({ model, el }, canvas, bar);
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "drawing pad");

  let wanted = 0;
  const paint = () => {
    wanted = 0;
    // Where the pad has no size yet, the scale of before stays.
    pad.scale = paintPad(canvas, pad) ?? pad.scale;
    count.textContent = drawing.describe(sheet.points());
    undo.setAttribute("aria-disabled", !sheet.canUndo());
  };
  const changed = () => (wanted ||= requestAnimationFrame(paint));
  const offer = (points) => (points.length ? talk.propose({ points }) : say(EMPTY));
  const sheet = sketch({ propose: offer, changed });
  const pad = { sheet, brush, window: null, scale: null, tip: null, byKey: false, late: null };

  // What Python holds; it waits while a stroke is being drawn.
  const show = (held) => {
    pad.window = { x: held.x, y: held.y };
    if (sheet.drawn()) pad.late = held;
    else sheet.show(held.points);
    canvas.setAttribute("aria-label", `${interval(held.x)} across, ${interval(held.y)} up. ${KEYS}`);
  };
  const talk = converse(model, { show, say });
  const pen = penOn(pad, { show, say, changed });
  followPointer(canvas, pen, life.signal);
  followKeys(canvas, pen, life.signal);
  const size = new ResizeObserver(changed);
  size.observe(canvas.parentElement);
  const endTheme = onTheme(changed);

  return () => {
    life.abort();
    size.disconnect();
    endTheme();
    talk.end();
    cancelAnimationFrame(wanted);
  };
}

export default { render };
