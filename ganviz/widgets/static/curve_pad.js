// Drawing a density on the line: the pen sets the height over x.

const KNOTS = 65;

const between = (a, b, share) => a + (b - a) * Math.min(1, Math.max(0, share));

// The broken line through the points; 0 outside.
function heightAt(points, x) {
  const right = points.findIndex(([corner]) => corner >= x);
  if (right < 0) return 0;
  if (points[right][0] === x) return points[right][1];
  if (right === 0) return 0;
  const [[x0, y0], [x1, y1]] = points.slice(right - 1, right + 1);
  return between(y0, y1, (x - x0) / (x1 - x0));
}

// The points over evenly spaced knots, with the way from one place of the pen to the next in place of what was there.
function redrawn(points, from, to, [low, high]) {
  const gap = (high - low) / (KNOTS - 1);
  const [[x0, y0], [x1, y1]] = from[0] <= to[0] ? [from, to] : [to, from];
  return Array.from({ length: KNOTS }, (_, i) => {
    const x = low + i * gap;
    const touched = x >= x0 - gap / 2 && x <= x1 + gap / 2;
    return [x, touched ? between(y0, y1, x1 > x0 ? (x - x0) / (x1 - x0) : 0) : heightAt(points, x)];
  });
}

// Without the corners that say nothing: on the ground at either end, and on the straight line between their neighbours.
function corners(points) {
  const first = points.findIndex(([, height]) => height > 0);
  if (first < 0) return [];
  const last = points.findLastIndex(([, height]) => height > 0);
  const kept = points.slice(Math.max(0, first - 1), last + 2);
  return kept.filter(([x, height], i) => {
    if (i === 0 || i === kept.length - 1) return true;
    const [[x0, y0], , [x1, y1]] = kept.slice(i - 1, i + 2);
    return Math.abs(between(y0, y1, (x - x0) / (x1 - x0)) - height) > 1e-9;
  });
}

const drawing = {
  hint: "draw a density here",
  ratio: 0.5, // height of the pad, of its width
  tickCount: { x: 6, y: 3 },
  brush: () => ({}),
  tools: () => [],
  describe: (points) => (points.length ? "" : "empty"),

  begin: (start, { window }) => (points, from, to) => redrawn(points, from, to, window.x),

  finish: corners,

  paint(pen, points, scale) {
    if (!points.length) return;
    const trail = new Path2D();
    points.forEach(([x, height], i) => trail[i ? "lineTo" : "moveTo"](scale.x(x), scale.y(height)));
    const area = new Path2D(trail);
    area.lineTo(scale.x(points.at(-1)[0]), scale.y(0));
    area.lineTo(scale.x(points[0][0]), scale.y(0));
    pen.fillStyle = pen.strokeStyle = ink(pen, "data");
    pen.globalAlpha = 0.12;
    pen.fill(area);
    pen.globalAlpha = 1;
    pen.lineWidth = 2;
    pen.lineJoin = "round";
    pen.stroke(trail);
  },
};
