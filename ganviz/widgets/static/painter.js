// Lines, points and heat maps between two full drawings of plotly, painted on a canvas over plotly's own axes.
//
// plotly.js needs 17-28 ms to redraw a figure, most of it for axes, legend and hover that have not changed; a canvas
// needs about one. While frames stream in, the traces are painted here and plotly's own are hidden; when the stream
// rests, or the reader points at the figure, plotly draws it properly again. Everything about the look (colours,
// dashes, axes, zoom, hidden traces) is read from plotly's figure.

const axisOf = (layout, id) => layout[`${id[0]}axis${id.slice(1)}`];

// What is needed of plotly's inner figure; where a version lacks it, every frame is drawn by plotly.
function paintable(plot) {
  const layout = plot._fullLayout;
  return Boolean(
    plot.querySelector(".gl-container") &&
      plot._fullData?.every(
        (trace) => ["scatter", "heatmap"].includes(trace.type) && axisOf(layout, trace.xaxis)?.c2p && axisOf(layout, trace.yaxis)?.c2p,
      ),
  );
}

function canvasOf(plot) {
  const layer = plot.querySelector(".gl-container"); // above plotly's lines, below its legend and hover labels
  let canvas = layer.querySelector(".ganviz-canvas");
  if (!canvas) {
    canvas = document.createElement("canvas");
    canvas.className = "ganviz-canvas";
    layer.append(canvas);
  }
  const { width, height } = plot._fullLayout;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

function paint(plot) {
  const pen = canvasOf(plot);
  plot._fullData.forEach((trace, i) => {
    if (trace.visible !== true) return;
    const x = axisOf(plot._fullLayout, trace.xaxis);
    const y = axisOf(plot._fullLayout, trace.yaxis);
    const air = trace.cliponaxis === false ? trace.line.width : 0;
    pen.save();
    pen.beginPath();
    pen.rect(x._offset, y._offset - air, x._length, y._length + 2 * air);
    pen.clip();
    pen.translate(x._offset, y._offset);
    pen.globalAlpha = trace.opacity ?? 1;
    if (trace.type === "heatmap") return heat(pen, plot, i, x, y), pen.restore();
    const pieces = unbroken(plot.data[i], x, y);
    if (trace.fill === "tozeroy") fillBelow(pen, pieces, y.c2p(0), trace.fillcolor);
    if (trace.fill === "toself") fillInside(pen, pieces, trace.fillcolor);
    if (trace.mode.includes("lines") && trace.line.width) stroke(pen, pieces, trace.line);
    if (trace.marker?.symbol === "arrow") pieces.forEach((piece) => arrowHead(pen, piece, trace.marker));
    else if (trace.mode.includes("markers")) dots(pen, pieces.flat(), trace.marker);
    pen.restore();
  });
}

// The polyline in pixels, cut where a value is missing.
function unbroken({ x, y }, xaxis, yaxis) {
  const pieces = [];
  let piece = null;
  for (let i = 0; i < x.length; i++) {
    const point = [xaxis.c2p(x[i]), yaxis.c2p(y[i])];
    if (!Number.isFinite(point[0]) || !Number.isFinite(point[1])) piece = null;
    else if (piece) piece.push(point);
    else pieces.push((piece = [point]));
  }
  return pieces;
}

function trail(pen, piece) {
  pen.moveTo(...piece[0]);
  for (const point of piece) pen.lineTo(...point);
}

const DASHES = { dot: [1, 1], dash: [3, 3], dashdot: [3, 1, 1, 1] }; // in widths of the line, as plotly has them

function stroke(pen, pieces, { color, width, dash }) {
  pen.beginPath();
  pieces.forEach((piece) => trail(pen, piece));
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.lineJoin = "round";
  pen.setLineDash((DASHES[dash] ?? []).map((part) => part * Math.max(width, 3)));
  pen.stroke();
}

function fillBelow(pen, pieces, zero, color) {
  pen.beginPath();
  for (const piece of pieces) {
    trail(pen, piece);
    pen.lineTo(piece.at(-1)[0], zero);
    pen.lineTo(piece[0][0], zero);
  }
  pen.fillStyle = color;
  pen.fill();
}

function fillInside(pen, pieces, color) {
  pen.beginPath();
  for (const piece of pieces) {
    trail(pen, piece);
    pen.closePath();
  }
  pen.fillStyle = color;
  pen.fill();
}

function dots(pen, points, { color, size, line }) {
  pen.beginPath();
  for (const [x, y] of points) {
    pen.moveTo(x + size / 2, y);
    pen.arc(x, y, size / 2, 0, 2 * Math.PI);
  }
  pen.fillStyle = color;
  pen.fill();
  if (!line?.width) return;
  pen.setLineDash([]);
  pen.strokeStyle = line.color;
  pen.lineWidth = line.width;
  pen.stroke();
}

// plotly's "arrow": its tip on the point, pointing away from the point before.
function arrowHead(pen, piece, { color, size }) {
  if (piece.length < 2) return;
  const [[x0, y0], [x1, y1]] = piece.slice(-2);
  pen.save();
  pen.translate(x1, y1);
  pen.rotate(Math.atan2(y1 - y0, x1 - x0));
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(-size, -size / 2.6);
  pen.lineTo(-size, size / 2.6);
  pen.fillStyle = color;
  pen.fill();
  pen.restore();
}

// A heat map: one pixel a cell, which the canvas stretches and smooths.
function heat(pen, plot, i, xaxis, yaxis) {
  const { x, y, z } = plot.data[i];
  if (!z?.length) return;
  const { cmin, cmax, colorscale } = plot._fullLayout[plot._fullData[i].coloraxis];
  const cells = document.createElement("canvas");
  [cells.width, cells.height] = [x.length, y.length];
  const image = new ImageData(x.length, y.length);
  const colors = shadesOf(colorscale);
  for (let row = 0; row < y.length; row++) {
    const values = z[y.length - 1 - row]; // the first row is the lowest
    for (let column = 0; column < x.length; column++) {
      if (Number.isNaN(values[column])) continue; // the page shows through
      const share = (values[column] - cmin) / (cmax - cmin);
      const shade = Math.min(255, Math.max(0, Math.round(255 * share))) || 0;
      image.data.set(colors[shade], 4 * (row * x.length + column));
    }
  }
  cells.getContext("2d").putImageData(image, 0, 0);
  const half = (axis) => (axis[1] - axis[0]) / 2;
  const [left, right] = [xaxis.c2p(x[0] - half(x)), xaxis.c2p(x.at(-1) + half(x))];
  const [top, bottom] = [yaxis.c2p(y.at(-1) + half(y)), yaxis.c2p(y[0] - half(y))];
  pen.imageSmoothingEnabled = true;
  pen.drawImage(cells, left, top, right - left, bottom - top);
}

const scales = new Map();

// 256 colours of a scale given as [[share, color], ...].
function shadesOf(colorscale) {
  const key = JSON.stringify(colorscale);
  if (!scales.has(key)) {
    const strip = document.createElement("canvas");
    strip.width = 256;
    strip.height = 1;
    const pen = strip.getContext("2d");
    const gradient = pen.createLinearGradient(0, 0, 256, 0);
    for (const [share, color] of colorscale) gradient.addColorStop(share, color);
    pen.fillStyle = gradient;
    pen.fillRect(0, 0, 256, 1);
    const { data } = pen.getImageData(0, 0, 256, 1);
    scales.set(key, Array.from({ length: 256 }, (_, i) => data.slice(4 * i, 4 * i + 4)));
  }
  return scales.get(key);
}
