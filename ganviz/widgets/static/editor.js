// What every editor in the browser has: a labelled group, buttons, a line that says what went wrong, and a conversation
// with Python in which each proposal gets one answer.

function part(tag, name, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  element.className = `ganviz-editor-${name}`;
  // JupyterLab's one-letter shortcuts (d, d deletes a cell) are not meant here; it asks the element that has the focus.
  element.dataset.lmSuppressShortcuts = "true";
  return element;
}

function button(text, act, properties = {}) {
  return part("button", "button", { type: "button", textContent: text, onclick: act, ...properties });
}

// The frame around an editor: its label above, its message below; `children` go between the two.
function editorFrame({ model, el }, ...children) {
  const root = part("div", "frame");
  const label = part("div", "label", { textContent: model.get("description"), title: model.get("tooltip") });
  const message = part("div", "message");
  root.classList.add("ganviz-editor");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `${model.get("description")}: ${model.get("tooltip")}`);
  root.append(label, ...children, message);
  el.append(root);

  // An error is announced at once, other remarks when the reader pauses.
  const say = (sentence, kind = "remark") => {
    message.setAttribute("role", kind === "error" ? "alert" : "status");
    message.classList.toggle("ganviz-editor-error", kind === "error");
    if (message.textContent !== sentence) message.textContent = sentence;
  };
  return { root, label, say };
}

// Sends proposals, and calls `show` with what Python holds: at first, after the last answer, and when it changes
// without this view. While an answer is outstanding the view keeps what the reader has just done.
function converse(model, { show, say }) {
  let outstanding = 0;
  const showHeld = () => show(model.get("_shown"));
  const changed = () => outstanding || showHeld();
  const receive = (message) => {
    if (message.kind !== "answer") return;
    outstanding = Math.max(0, outstanding - 1); // another view's proposal is answered here too
    if (!outstanding) showHeld();
    if (message.sentence) say(message.sentence, "error");
    else say("");
  };
  model.on("change:_shown", changed);
  model.on("msg:custom", receive);
  showHeld();
  return {
    propose: (content, buffers) => {
      outstanding += 1;
      model.send(content, undefined, buffers);
    },
    showHeld,
    end: () => {
      model.off("change:_shown", changed);
      model.off("msg:custom", receive);
    },
  };
}
