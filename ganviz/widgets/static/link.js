// LinkButton's half in the browser.

const KINDS = ["#ganviz=", "#preset="]; // an experiment, the name of a preset

// Only a page of our own has the address to itself; in a notebook the link is a line of Python.
const ownPage = () => document.body.dataset.voila !== undefined;

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // without https there is no clipboard
  }
}

function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button ganviz-link";
  button.textContent = "Copy link";
  button.title = "A link that opens this experiment, your own drawing or table included";
  el.append(button);
  let last = null; // the link that the page itself put into the address

  const say = (text) => {
    button.textContent = text;
    setTimeout(() => (button.textContent = "Copy link"), 1800);
  };
  const receive = async (message) => {
    // The page of a gallery's card shows nothing before it shows the preset of that card.
    if (message.kind === "opened") return document.documentElement.classList.remove("ganviz-opening");
    if (message.kind !== "link") return;
    if (!ownPage()) return say((await copied(`ganviz.explore("${message.link}")`)) ? "Copied as Python" : "No clipboard here");
    last = message.link;
    history.replaceState(null, "", last);
    say((await copied(location.href)) ? "Copied" : "It is in the address bar");
  };
  const open = () => {
    const ours = ownPage() && KINDS.some((kind) => location.hash.startsWith(kind));
    if (ours && location.hash !== last) model.send({ kind: "open", link: location.hash });
  };
  button.addEventListener("click", () => model.send({ kind: "copy" }));
  model.on("msg:custom", receive);
  window.addEventListener("hashchange", open);
  open();
  return () => {
    model.off("msg:custom", receive);
    window.removeEventListener("hashchange", open);
  };
}

export default { render };
