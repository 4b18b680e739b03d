// Access's half in the browser.

const HELP = `<dl><dt>space</dt><dd>play, pause</dd><dt>→</dt><dd>one step</dd><dt>D, G</dt><dd>a step of D or of G alone</dd>
<dt>R</dt><dd>reset</dd><p>They work when the explorer has the focus: click into the figure.</p>
<dt>Tab</dt><dd>to pictures to click on; there</dd><dt>← ↑ ↓ →</dt><dd>from one to the next</dd>
<dt>Enter</dt><dd>like a click</dd><dt>Home</dt><dd>back to the map's middle</dd><dt>Esc</dt><dd>leave</dd></dl>`;

// The explorer around an element, when all of it is on the page.
async function explorerOf(el, closed) {
  for (;;) {
    const root = el.closest(".ganviz");
    if (closed() || (root?.querySelector(".ganviz-side") && root.querySelector(".ganviz-toolbar"))) return root;
    await new Promise(requestAnimationFrame);
  }
}

function render({ el }) {
  const help = document.createElement("details");
  help.className = "ganviz-keys";
  help.innerHTML = `<summary title="Keys" aria-label="Keys">?</summary>${HELP}`;
  el.append(help);

  let closed = false;
  const ends = [];
  explorerOf(el, () => closed).then((root) => closed || ends.push(listen(root), nameAll(root)));
  return () => {
    closed = true;
    ends.forEach((end) => end());
  };
}

export default { render };
