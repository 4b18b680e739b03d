// Where a file comes in: a button, or dropping it there.

// `take` gets the file and may be asynchronous; what it throws is said.
function fileDoor({ text, accept, take, say, signal }) {
  const door = part("div", "door");
  const input = part("input", "file", { type: "file", accept, hidden: true });
  const hint = part("span", "summary", { textContent: "or drop it here" });
  door.append(button(text, () => input.click()), input, hint);

  const receive = async (file) => {
    say(`Reading ${file.name} …`);
    try {
      await take(file);
    } catch (error) {
      say(error instanceof Refusal ? error.message : "The browser could not read this file.", "error");
    }
  };
  const on = (element, kind, act) => element.addEventListener(kind, act, { signal });
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  on(input, "change", () => {
    const [file] = input.files;
    input.value = ""; // so that the same file, corrected, can be chosen again
    if (file) receive(file);
  });
  on(door, "dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    door.classList.add("ganviz-editor-over");
  });
  on(door, "dragleave", () => door.classList.remove("ganviz-editor-over"));
  on(door, "drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    event.stopPropagation();
    door.classList.remove("ganviz-editor-over");
    if (event.dataTransfer.files.length) receive(event.dataTransfer.files[0]);
  });
  return door;
}

// A reason to refuse a file, as a sentence for the reader.
class Refusal extends Error {}
