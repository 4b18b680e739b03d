// A table's file goes to Python as it is, as one binary buffer.

// A websocket frame of more than 10 MiB ends the connection without a word, so larger files stop here.
const LARGEST = 8e6; // bytes

function render({ model, el }) {
  const life = new AbortController();
  const about = part("div", "summary");
  const slot = part("div", "column");
  const { say } = editorFrame({ model, el }, slot);
  const take = async (file) => {
    if (file.size > LARGEST) throw new Refusal(`${file.name} is larger than 8 MB; use fewer rows or columns.`);
    talk.propose({ name: file.name }, [await file.arrayBuffer()]);
  };
  const accept = ".csv,.tsv,.tab,.txt,.dat,.parquet,.pq,.npy";
  const text = "Load a table (CSV, Parquet, .npy)";
  slot.append(fileDoor({ text, accept, take, say, signal: life.signal }), about);
  const talk = converse(model, { show: (held) => (about.textContent = held), say });
  return () => {
    life.abort();
    talk.end();
  };
}

export default { render };
