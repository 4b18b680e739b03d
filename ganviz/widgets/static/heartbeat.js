// Signs of life, in both directions: a kernel that hears nothing stops training, and a page that hears nothing says so.

const BEAT = 1000; // ms between two signs of life
const ASK = 2; // beats without a word from the kernel after which it is asked for one
const LOST = 8; // beats without a word, after being asked, after which the kernel counts as gone

// Beats are counted, not seconds: in a hidden tab, or after a night's sleep, many seconds pass between two of them.
function heartbeat(root, say) {
  let silence = 0;
  const heard = () => {
    silence = 0;
    notice(root, false);
  };
  const beat = async () => {
    silence += 1;
    try {
      say("alive", { answer: silence >= ASK });
    } catch {
      // A kernel that is known to be dead takes no messages.
    }
    if (!ownPage()) return silence > LOST && notice(root, true);
    if (silence <= LOST / 2) return;
    const status = await kernelStatus();
    if (status === GONE) clearInterval(timer);
    if ((status === GONE || status === UNREACHABLE) && silence > LOST / 2) notice(root, true);
  };
  const timer = setInterval(beat, BEAT);
  return { heard, stop: () => clearInterval(timer) };
}

const ownPage = () => document.body.dataset.voila !== undefined;

const GONE = 404;
const UNREACHABLE = 0;

// What the server says of the kernel of a page of our own: one that is only busy is still on its list.
async function kernelStatus() {
  const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  try {
    return (await fetch(`${baseUrl}api/kernels/${kernelId}`)).status;
  } catch {
    return UNREACHABLE;
  }
}

// One notice at the top of the page, or of the explorer in a notebook, however many figures miss their kernel.
function notice(root, lost) {
  const place = ownPage() ? document.body : (root.closest(".ganviz") ?? root);
  const shown = place.querySelector(":scope > .ganviz-lost");
  if (!lost) return shown?.remove();
  if (shown) return;
  const bar = document.createElement("div");
  bar.className = "ganviz-lost";
  bar.setAttribute("role", "alert");
  bar.append(ownPage() ? "Session lost: reload the page to begin a new one." : "The kernel does not answer: it is busy, or it has ended.");
  if (ownPage()) {
    const reload = document.createElement("button");
    reload.textContent = "Reload";
    reload.onclick = () => location.reload();
    bar.append(reload);
  }
  place.prepend(bar);
}
