"""Explorer: the laboratory itself, for a notebook cell or a page of its own."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import ipywidgets as w

from ganviz.experiment import Experiment
from ganviz.link import named
from ganviz.option import Invalid
from ganviz.presets import describe, preset_names
from ganviz.session.run import Run
from ganviz.session.session import Session
from ganviz.session.status import Frame
from ganviz.training.accelerator import Pace
from ganviz.training.starts import Start
from ganviz.widgets.access import Access
from ganviz.widgets.caption import caption, readings
from ganviz.widgets.class_choice import ClassChoice
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.fields import put_back
from ganviz.widgets.link import LinkButton
from ganviz.widgets.message import Message
from ganviz.widgets.panel import Panel, chosen
from ganviz.widgets.place import Place
from ganviz.widgets.screen import Screen
from ganviz.widgets.start_picker import StartPicker
from ganviz.widgets.toolbar import Toolbar

log = logging.getLogger("ganviz")

OWN = "(your own)"


class Explorer(w.VBox):  # type: ignore[misc]
    """A run on the screen: toolbar, stage, curves, and a control for every field of the experiment, or a few."""

    def __init__(
        self,
        experiment: Experiment,
        *,
        name: str | None = None,
        pace: Pace = "compiled",
        start: Start | None = None,
        controls: Sequence[str] | None = None,
    ) -> None:
        """`name`: that of the preset whose experiment it is. `start`: where the run begins, if not at step 0.
        `controls`: the only ones to show, as `ganviz.widgets.panel.chosen` names them; None for all, and a choice of
        presets. Raises `Invalid` for a control that is not there, a start that is damaged or of another experiment."""
        chosen(controls or (), experiment)
        self._controls = controls
        if start is not None and start.experiment != experiment:
            raise Invalid(f"The start {start.path.name!r} belongs to another experiment.")
        self.session = Session(experiment, pace=pace, state=start.state() if start else None)
        """The run, for a program that wants to drive it too."""
        alive, ready, focus = self.session.sign_of_life, self.session.want_frame, self.session.look_at
        self._stage = Place(
            "stage", partial(Screen, rate=60, on_life=alive, on_free=ready, on_focus=focus, caption=caption)
        )
        self._closer = Place("closer", partial(Screen, rate=2, on_life=alive, on_focus=focus, caption=readings))
        self._curves = Place("curves", partial(Screen, rate=2.5, on_life=alive))
        self._classes = ClassChoice(focus)
        self._toolbar = Toolbar(lambda: self.session, self._reset, self._new_seed)
        self._link = LinkButton(lambda: self.session.experiment.to_link(), self._open_link)
        self._message = Message()
        self._back = w.Button(description="Go back 500 steps", layout=w.Layout(width="auto", display="none"))
        self._back.on_click(lambda _: self.session.go_back())
        self._trouble = ""
        self._heading = w.HTML()
        self._panel = w.VBox()
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
        trouble = w.HBox([self._message, self._back])
        trouble.add_class("ganviz-trouble")
        # One page may hold several explorers of few controls, and a link opens in every one that listens.
        bar = w.HBox([self._toolbar, *([self._link] if everything else []), Access()])
        bar.add_class("ganviz-bar")
        stage = w.VBox([bar, trouble, self._stage, self._classes, self._closer, self._curves])
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
        if start:
            self._message.say(f"{start.about} Play goes on from there, Reset goes back to step 0.")
        else:
            self._message.warn(self._trouble)
        before = self._panel.children
        self._shown_panel = Panel(experiment, self._edit, self._controls)
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
            changed = ", ".join(dict.fromkeys(path.partition(".")[0] for path in (diff.rebuild | diff.live)))
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
        view = cache(lambda: Run(experiment, "eager").view())
        for place in (self._stage, self._closer, self._curves):
            place.suit(experiment, view)
        self._classes.suit(experiment)

    def _choose_preset(self, change: dict[str, Any]) -> None:
        if change["new"] != OWN:
            self._attempt("The choice of a preset", lambda: self._begin(change["new"]))

    def _choose_start(self, name: str, start: Start | None) -> bool:
        return self._attempt("The choice of a start", lambda: self._begin(name, start))

    def _begin(self, name: str, start: Start | None = None) -> None:
        """A new run of a preset: from step 0, or from a start, and there paused."""
        experiment = start.experiment if start else describe(name).experiment
        self.session.start(experiment, start.state() if start else None)
        self._present(experiment, name, start)

    def _open_link(self, link: str) -> None:
        """The page was opened by a link: its preset or its experiment instead of what is here."""

        def open_link() -> None:
            if name := named(link):
                return self._begin(name)
            experiment = Experiment.from_link(link)
            self.session.start(experiment)
            self._present(experiment, None)
            self._presets.value = OWN

        self._attempt("A link", open_link)

    def _reset(self) -> None:
        """The same experiment again from step 0, also where this run began later."""
        began = self._starts.value
        self.session.reset()
        self._starts.begun()
        again = f"Back at step 0. To go on from step {began:,} again, choose it beside the preset."
        self._message.say(again if began else "")

    def _new_seed(self) -> None:
        self.session.new_seed()
        self._starts.begun()
        if seed := self._shown_panel.controls.get("seed"):
            seed.value = self.session.experiment.seed

    def _edit(self, **fields: Any) -> bool:
        """A control was moved; False where the change was refused."""
        return self._attempt("A control", lambda: self._change(**fields))

    def _change(self, **fields: Any) -> None:
        before = self.session.experiment
        if "data" in fields:
            self._message.say("Reading the data …")  # for a folder of many pictures that takes seconds
        self.session.change(**fields)
        anew = ", ".join(before.diff(self.session.experiment).rebuild)
        if anew:
            self._message.say(f"A new run has begun: {anew} cannot change while training goes on.")
            self._starts.begun()
        else:
            self._message.warn(self._trouble)
        self._shown_panel.reflect(self.session.experiment)
        self._set_stage(self.session.experiment)
        self._entitle(self.session.experiment)

    def _attempt(self, what: str, act: Callable[[], None]) -> bool:
        """Whatever comes from the browser is validated; what does not fit is said, not done."""
        try:
            act()
            return True
        except Invalid as error:
            self._message.warn(str(error))
        except Exception:
            log.exception("%s caught an error", what)
            self._message.warn("Something went wrong inside ganviz; nothing was changed.")
        return False

    def _show(self, frame: Frame) -> None:
        """A frame from the session, on its worker's thread."""
        self._curves.offer(frame)
        self._closer.offer(frame)
        if not self._stage.offer(frame):
            # Dropped: the stage still waits for a frame that it can show.
            self.session.want_frame()
        self._toolbar.reflect(frame.status)
        self._classes.reflect(frame.view.focus.told)
        if frame.status.trouble != self._trouble:
            before, self._trouble = self._trouble, frame.status.trouble
            # When it is over, what was said of something else since stays.
            if self._trouble or self._message.says(before):
                self._message.warn(self._trouble)
            self._back.layout.display = "" if self._trouble else "none"
