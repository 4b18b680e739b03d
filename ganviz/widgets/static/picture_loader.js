// An image file becomes a small grey picture here in the browser: rows of hex digits, 0 no mass, f the most.

const SIDE = 48; // pixels at most, each way
const DIGITS = "0123456789abcdef";

const inverse = (rows) => rows.map((row) => Array.from(row, (digit) => DIGITS[15 - parseInt(digit, 16)]).join(""));

// The image on white paper, scaled down to at most SIDE × SIDE; dark is mass.
async function rowsOf(file) {
  const image = await createImageBitmap(file).catch(() => {
    throw new Refusal("This browser cannot read that file as a picture.");
  });
  const shrink = Math.min(1, SIDE / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(2, Math.round(side * shrink)));
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(image, 0, 0, width, height);
  image.close();
  const { data } = pen.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => digitOf(data, 4 * (row * width + column))).join(""),
  );
}

// Darkness by the luma weights of ITU-R BT.601.
function digitOf(data, at) {
  const light = (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / 255;
  return DIGITS[Math.round(15 * (1 - light))];
}

function paintThumbnail(canvas, rows) {
  [canvas.width, canvas.height] = [rows[0].length, rows.length];
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(canvas.width, canvas.height);
  Array.from(rows.join("")).forEach((digit, i) => pixels.data.set([17, 17, 17, 17 * parseInt(digit, 16)], 4 * i));
  pen.putImageData(pixels, 0, 0);
  canvas.setAttribute("aria-label", `The picture, ${canvas.width} × ${canvas.height} pixels.`);
}

function render({ model, el }) {
  const life = new AbortController();
  const thumbnail = part("canvas", "thumbnail");
  const check = part("label", "check");
  const invert = part("input", "box", { type: "checkbox" });
  thumbnail.setAttribute("role", "img");
  check.append(invert, "light is mass");

  const beside = part("div", "column");
  const slot = part("div", "slot");
  const { say } = editorFrame({ model, el }, slot);
  let proposed = null; // with the check box as it was before
  const propose = (pixels, before) => {
    proposed = { pixels, before };
    talk.propose({ pixels });
  };
  const take = async (file) => {
    const rows = await rowsOf(file);
    propose(invert.checked ? inverse(rows) : rows, invert.checked);
  };
  const show = (held) => {
    if (proposed && proposed.pixels.join() !== held.join()) invert.checked = proposed.before;
    proposed = null;
    paintThumbnail(thumbnail, held);
  };
  const door = { text: "Choose a picture", accept: "image/*", take, say, signal: life.signal };
  const talk = converse(model, { show, say });
  const turn = () => propose(inverse(model.get("_shown")), !invert.checked);
  invert.addEventListener("change", turn, { signal: life.signal });
  beside.append(fileDoor(door), check);
  slot.append(thumbnail, beside);
  return () => {
    life.abort();
    talk.end();
  };
}

export default { render };
