// Drawing a cloud in the plane: the pen sprays points along its way, or takes them away.

const MOST = 2000;
const SPACING = 4; // px of the way between two dabs
const ERASER = 10; // px around the pen

// A small generator (mulberry32), so that the same stroke sprays the same points.
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Pixels from a place to the way between two others.
function distance([x, y], [x0, y0], [x1, y1]) {
  const squared = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const share = squared ? Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / squared)) : 0;
  return Math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0));
}

const eraser = ({ scale }) => (points, from, to) =>
  points.filter((point) => distance(scale.pixel(point), scale.pixel(from), scale.pixel(to)) > ERASER);

function spray(start, { scale, brush }) {
  const random = randomFrom(start[0] * 7919 + start[1] * 104729 + brush.density);
  let ahead = 0; // px to the next dab
  const scattered = ([x, y]) => {
    const angle = 2 * Math.PI * random();
    const radius = brush.spread * Math.sqrt(random());
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  };
  return (points, from, to) => {
    const [[x0, y0], [x1, y1]] = [scale.pixel(from), scale.pixel(to)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const fresh = [];
    for (; ahead <= length; ahead += SPACING) {
      const share = length ? ahead / length : 0;
      const dab = [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
      for (let i = 0; i < brush.density; i++) fresh.push(scattered(dab));
    }
    ahead -= length;
    const room = Math.max(0, MOST - points.length);
    return [...points, ...fresh.filter(scale.inside).map(scale.place).slice(0, room)];
  };
}

function slider(text, brush, key, max) {
  const label = part("label", "slider", { textContent: text });
  const input = part("input", "range", { type: "range", min: key === "spread" ? 0 : 1, max, value: brush[key] });
  input.oninput = () => (brush[key] = Number(input.value));
  label.append(input);
  return label;
}

const drawing = {
  hint: "spray points here",
  ratio: 1,
  tickCount: { x: 6, y: 6 },
  brush: () => ({ density: 2, spread: 6, erasing: false }),

  tools(brush) {
    const toggle = button("Eraser", () => {
      brush.erasing = !brush.erasing;
      toggle.setAttribute("aria-pressed", brush.erasing);
    });
    toggle.setAttribute("aria-pressed", false);
    return [toggle, slider("density", brush, "density", 10), slider("spread", brush, "spread", 24)];
  },

  describe: ({ length }) => `${length.toLocaleString("en")} point${length === 1 ? "" : "s"}${length < MOST ? "" : ": full"}`,

  begin: (start, pad) => (pad.brush.erasing ? eraser(pad) : spray(start, pad)),

  finish: (points) => points,

  paint(pen, points, scale) {
    pen.fillStyle = ink(pen, "data");
    pen.globalAlpha = 0.55;
    for (const point of points) {
      const [x, y] = scale.pixel(point);
      pen.fillRect(x - 1, y - 1, 2, 2);
    }
    pen.globalAlpha = 1;
  },

  paintTip(pen, [x, y], brush) {
    pen.beginPath();
    pen.arc(x, y, brush.erasing ? ERASER : Math.max(2, brush.spread), 0, 2 * Math.PI);
    pen.strokeStyle = ink(pen, brush.erasing ? "erase" : "accent");
    pen.lineWidth = 1;
    pen.stroke();
  },
};
