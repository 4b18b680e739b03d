// The pad's axes: from coordinates to pixels and back, with a few round numbers along both.

const MARGIN = { left: 30, right: 12, top: 10, bottom: 20 };

const signed = (number, digits) => number.toFixed(digits).replace("-", "−");

// From coordinates to pixels and back.
function scaleOf(width, height, window) {
  const { left, top } = MARGIN;
  const box = { left, top, width: width - left - MARGIN.right, height: height - top - MARGIN.bottom };
  const [[x0, x1], [y0, y1]] = [window.x, window.y];
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  const x = (value) => left + ((value - x0) / (x1 - x0)) * box.width;
  const y = (value) => top + ((y1 - value) / (y1 - y0)) * box.height;
  return {
    box,
    x,
    y,
    pixel: (point) => [x(point[0]), y(point[1])],
    place: ([px, py]) => [
      within(x0 + ((px - left) / box.width) * (x1 - x0), x0, x1),
      within(y1 - ((py - top) / box.height) * (y1 - y0), y0, y1),
    ],
    inside: ([px, py]) => px >= left && px <= left + box.width && py >= top && py <= top + box.height,
  };
}

// Three decimals; more where the whole axis is shorter than 1.
function rounded(value, [low, high]) {
  const unit = 10 ** Math.max(3, 3 - Math.floor(Math.log10(high - low)));
  return Math.round(value * unit) / unit + 0; // + 0: no minus zero
}

// At most `most` round numbers along an axis, as [value, text].
function ticksOf([low, high], most) {
  let step = 10 ** Math.floor(Math.log10((high - low) / most));
  step = [1, 2, 5, 10].map((times) => times * step).find((fit) => (high - low) / fit < most);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return numbers.map((number) => [number, number ? signed(number, digits) : "0"]);
}

function paintAxes(pen, scale, window) {
  const { left, top, width, height } = scale.box;
  pen.fillStyle = ink(pen, "paper");
  pen.fillRect(left, top, width, height);
  pen.fillStyle = ink(pen, "quiet");
  pen.strokeStyle = ink(pen, "grid");
  pen.lineWidth = 1;
  pen.beginPath();
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const [value, text] of ticksOf(window.x, drawing.tickCount.x)) {
    pen.fillText(text, scale.x(value), top + height + 5);
    pen.moveTo(scale.x(value), top);
    pen.lineTo(scale.x(value), top + height);
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const [value, text] of ticksOf(window.y, drawing.tickCount.y)) {
    pen.fillText(text, left - 6, scale.y(value));
    pen.moveTo(left, scale.y(value));
    pen.lineTo(left + width, scale.y(value));
  }
  pen.stroke();
  pen.strokeStyle = ink(pen, "rule");
  pen.strokeRect(left, top, width, height);
}

// A colour of the page (theme.css) for a pen on it.
const ink = (pen, name) => getComputedStyle(pen.canvas).getPropertyValue(`--${name}`).trim();

// Fits the canvas to its place in device pixels; null where it has none, as in a folded group.
function penOf(canvas) {
  const width = canvas.clientWidth;
  if (!width) return null;
  const { left, right, top, bottom } = MARGIN;
  const height = Math.round((width - left - right) * drawing.ratio) + top + bottom;
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  return { pen, width, height };
}
