// From what hands do to what a pen does: down, move, up, and giving a stroke up.

const PACE = 6; // px that an arrow key moves the pen; 1 with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Mouse, pen and finger: one at a time, captured, so that a stroke may leave the pad and come back.
function followPointer(canvas, pen, signal) {
  let active = null;
  const at = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const on = (kind, act) => canvas.addEventListener(kind, act, { signal });
  const mine = (act) => (event) => event.pointerId === active && act(event);
  on("pointerdown", (event) => {
    if (active !== null || event.button !== 0) return;
    active = event.pointerId;
    canvas.setPointerCapture(active);
    pen.down(at(event));
  });
  on("pointermove", (event) => {
    if (active === null) return pen.hover(at(event));
    if (event.pointerId !== active) return;
    const way = event.getCoalescedEvents?.() ?? [];
    for (const step of way.length ? way : [event]) pen.move(at(step));
  });
  on("pointerup", mine(() => ((active = null), pen.up())));
  on("pointercancel", mine(() => ((active = null), pen.giveUp())));
  on("pointerleave", () => active ?? pen.hover(null));
}

// The same with keys: arrows move the pen, Enter or Space puts it down and lifts it, Escape gives the stroke up.
function followKeys(canvas, pen, signal) {
  const toggle = () => (pen.isDown() ? pen.up() : pen.down(pen.tip()));
  const keys = { Enter: toggle, " ": toggle, Escape: pen.giveUp };
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (!arrow && !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    const pace = event.shiftKey ? 1 : PACE;
    if (arrow) pen.nudge(arrow[0] * pace, arrow[1] * pace);
    else if (!event.repeat) keys[event.key]();
    pen.report();
  };
  canvas.addEventListener("keydown", press, { signal });
  canvas.addEventListener("blur", () => pen.isDown() && pen.up(), { signal });
}
