"""Explorer: the laboratory itself, for a notebook cell or a page of its own."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import ipywidgets as w

from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.engine.starts import Start
from ganviz.experiment import Experiment, field_of
from ganviz.lab.recorder import Recorder
from ganviz.lab.session import Session
from ganviz.lab.status import Frame
from ganviz.link import with_start
from ganviz.option import Invalid
from ganviz.presets import describe, preset_names
from ganviz.widgets.access import Access
from ganviz.widgets.caption import caption, readings
from ganviz.widgets.class_choice import ClassChoice
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.fields import put_back
from ganviz.widgets.figure_slot import FigureSlot
from ganviz.widgets.link import LinkButton, Opening
from ganviz.widgets.notices import Notices
from ganviz.widgets.panel import OPEN, Panel, chosen
from ganviz.widgets.screen import Screen
from ganviz.widgets.start_picker import StartPicker
from ganviz.widgets.toolbar import Toolbar

OWN = "(your own)"


class Explorer(w.VBox):
    """A run on the screen: toolbar, stage, curves, and a control for every field of the experiment, or a few."""

    def __init__(
        self,
        experiment: Experiment,
        *,
        name: str | None = None,
        path: PathName = "native",
        start: Start | None = None,
        controls: Sequence[str] | None = None,
    ) -> None:
        """`name`: that of the preset whose experiment it is. `start`: where the run begins, if not at step 0.
        `controls`: the only ones to show, as `ganviz.widgets.panel.chosen` names them; None for all, and a choice of
        presets. Raises `Invalid` for a control that is not there, and for a start that is damaged or of an experiment
        that differs in more than live settings."""
        chosen(controls or (), experiment)
        self._controls = controls
        self.session = Session(experiment, path=path, state=_state(experiment, start))
        """The run, for a program that wants to drive it too."""
        alive, ready, focus = self.session.sign_of_life, self.session.want_frame, self.session.look_at
        leading = partial(Screen, rate=60, on_free=ready, on_shown=partial(ready, anew=True))
        self._stage = FigureSlot("stage", partial(leading, on_life=alive, on_focus=focus, caption=caption))
        self._closer = FigureSlot("closer", partial(Screen, rate=2, on_life=alive, on_focus=focus, caption=readings))
        self._curves = FigureSlot("curves", partial(Screen, rate=2.5, on_life=alive))
        self._classes = ClassChoice(focus)
        self._toolbar = Toolbar(lambda: self.session, self._reset, self._new_seed)
        self._link = LinkButton(self._as_link, self._open_link)
        self._notices = Notices(lambda: self.session.go_back())
        self._heading = w.HTML()
        self._panel = w.VBox()
        self._panel.add_class("ganviz-panel")
        self._presets = w.Dropdown(options=[*preset_names(), OWN], value=name or OWN, description="preset")
        self._presets.style.description_width = "92px"
        self._presets.layout = w.Layout(width="auto", flex="1 1 0", min_width="0")
        self._presets.observe(self._choose_preset, names="value")
        self._starts = StartPicker(self._choose_start)
        super().__init__([self._heading, self._body()])
        self.add_class("ganviz")
        self._present(experiment, name, start)
        self.session.watch(self._show)

    def close(self) -> None:
        """End the run and take the widget off the page."""
        if hasattr(self, "session"):  # one that could not be made is closed too
            self.session.close()
            # ipywidgets keeps whatever was not closed, and that would keep the session.
            dismiss(*self.children, *(() if self._controls is None else (self._presets, self._starts, self._link)))
        super().close()

    def _body(self) -> w.Widget:
        everything = self._controls is None
        layout = {"flex": "0 0 auto", "overflow": "visible"}
        begins = [w.HBox([self._presets, self._starts], layout=layout)] if everything else []
        side = w.VBox([*begins, self._panel], layout=w.Layout(flex="0 0 330px"))
        side.add_class("ganviz-side")
        # One page may hold several explorers of few controls, and a link opens in every one that listens.
        bar = w.HBox([self._toolbar, *([self._link] if everything else []), Access()])
        bar.add_class("ganviz-bar")
        stage = w.VBox([bar, self._notices, self._stage, self._classes, self._closer, self._curves])
        stage.layout.flex = "1 1 0"
        stage.add_class("ganviz-stage-column")
        body = w.HBox([side, stage])
        body.add_class("ganviz-body")
        return body

    def _present(self, experiment: Experiment, name: str | None, start: Start | None = None) -> None:
        """Heading, controls and message for a run that begins."""
        self._about = describe(name) if name else None
        self._entitle(experiment)
        self._starts.begun(start.step if start else 0)
        begun = f"{start.about} Play goes on from there, Reset goes back to step 0." if start else ""
        self._notices.say(begun or experiment.data.account())
        before: tuple[Panel, ...] = self._panel.children
        # What the reader unfolded stays so.
        unfolded = before[0].unfolded if before else OPEN
        self._shown_panel = Panel(experiment, self._edit, self._controls, unfolded)
        self._panel.children = [self._shown_panel]
        dismiss(*before)
        self._set_stage(experiment)

    def _entitle(self, experiment: Experiment) -> None:
        """The heading: the preset's, as long as the run is the preset's but for live settings, which are named. A
        preset that was changed is no longer the one that is chosen, so that choosing it brings it back; and so does
        choosing one of its starts, which are there for as long as it is the preset's run."""
        about, title, watch, begins = self._about, "Your own experiment", "", None
        if about:
            diff = about.experiment.replace(seed=experiment.seed).diff(experiment)
            changed = ", ".join(dict.fromkeys(map(field_of, diff.rebuild | diff.live)))
            if diff.rebuild:
                watch = f"It began as {about.name}. Changed: {changed}."
            else:
                title, watch = about.title, f"Changed: {changed}. {about.watch}" if diff else about.watch
                begins = about.name
            put_back(self._presets, OWN if diff else about.name, self._choose_preset)
        self._starts.offer(begins)
        heading = f"<h1>{html.escape(title)}</h1><p>{html.escape(watch)}</p>"
        if self._heading.value != heading:
            self._heading.value = heading

    def _set_stage(self, experiment: Experiment) -> None:
        # Made once for all, and only where a figure is shown for the first time: that of pictures takes a second.
        view = cache(lambda: Recorder(experiment, "eager").view())
        places = (self._stage, self._closer, self._curves)
        for place in places:
            place.leave(experiment)
        for place in places:
            place.suit(experiment, view)
        self._classes.suit(experiment)

    def _choose_preset(self, change: dict[str, Any]) -> None:
        begin = partial(self._begin, change["new"])
        if change["new"] != OWN and not self._notices.attempt("The choice of a preset", begin):
            put_back(self._presets, change["old"], self._choose_preset)

    def _choose_start(self, name: str, start: Start | None) -> bool:
        return self._notices.attempt("The choice of a start", lambda: self._begin(name, start))

    def _begin(self, name: str, start: Start | None = None) -> None:
        """A new run of a preset: from step 0, or from a start, and there paused."""
        self._open(start.experiment if start else describe(name).experiment, name, start)

    def _open(self, experiment: Experiment, name: str | None, start: Start | None) -> None:
        self.session.start(experiment, _state(experiment, start))
        self._present(experiment, name, start)
        if name is None:
            self._presets.value = OWN

    def _as_link(self) -> str:
        """The experiment as it is now, with the start where its run began. What it lacks elsewhere is said."""
        experiment, began = self.session.experiment, self._starts.origin
        if experiment.data.path_here():
            self._notices.say("The link names a path on this computer: elsewhere it opens where the same pictures lie.")
        return with_start(experiment.to_link(), *began) if began else experiment.to_link()

    def _open_link(self, link: str) -> None:
        """The page was opened by a link: its preset or its experiment instead of what is here."""

        def open_link() -> None:
            try:
                self._open(*Opening.read(link))
            except Invalid as error:
                here = self._presets.value
                shown = "what was here before" if here == OWN else f"the preset {here}"
                raise Invalid(f"The link's experiment cannot be opened. {error} Instead you see {shown}.") from None

        self._notices.attempt("A link", open_link)

    def _reset(self) -> None:
        """The same experiment again from step 0, also where this run began later."""
        began = self._starts.value
        self.session.reset()
        self._starts.begun()
        again = f"Back at step 0. To go on from step {began:,} again, choose it beside the preset."
        self._notices.say(again if began else "")

    def _new_seed(self) -> None:
        self.session.new_seed()
        self._starts.begun()
        if seed := self._shown_panel.controls.get("seed"):
            seed.value = self.session.experiment.seed

    def _edit(self, **values: Any) -> bool:
        """A control was moved: new values by path; False where the change was refused."""
        return self._notices.attempt("A control", lambda: self._change(**values))

    def _change(self, **values: Any) -> None:
        before, fields = self.session.experiment, {field_of(path) for path in values}
        if "data" in fields:
            self._notices.say("Reading the data …")  # for a folder of many pictures that takes seconds
        self.session.change(**values)
        anew = ", ".join(before.diff(self.session.experiment).rebuild)
        if anew:
            said = [f"A new run has begun: {anew} cannot change while training goes on."]
            if fields & {"data", "latent"}:
                data = self.session.experiment.data
                said += [data.account() if "data" in fields else "", data.advice(self.session.experiment)]
            self._notices.say(" ".join(filter(None, said)))
            self._starts.begun()
        else:
            self._notices.say()
        self._shown_panel.reflect(self.session.experiment)
        self._set_stage(self.session.experiment)
        self._entitle(self.session.experiment)

    def _show(self, frame: Frame) -> None:
        """A frame from the session, on its worker's thread."""
        self._curves.offer(frame)
        self._closer.offer(frame)
        if not self._stage.offer(frame):
            # Dropped: the stage still waits for a frame that it can show.
            self.session.want_frame()
        self._toolbar.reflect(frame.status)
        self._classes.reflect(frame.view.focus.condition)
        self._notices.tell(frame.status)


def _state(experiment: Experiment, start: Start | None) -> State | None:
    """Where a run of the experiment begins; None for step 0."""
    return start.trainer(experiment).run_value.state if start else None
