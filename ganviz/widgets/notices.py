"""Notices: what is said of a run and of the reader's acts, above the stage."""

from __future__ import annotations

import logging
from collections.abc import Callable

import ipywidgets as w

from ganviz.lab.status import Status
from ganviz.option import Invalid
from ganviz.widgets.message import Message

log = logging.getLogger("ganviz")


class Notices(w.HBox):
    """One sentence, and beside it, while a run is ruined, the button that takes it back."""

    def __init__(self, go_back: Callable[[], None]) -> None:
        self.message = Message()
        self._trouble = self._returned = ""
        self._back = w.Button(
            description="Go back",
            tooltip="Return to the state of at least 500 steps ago, before the trouble; the settings stay as they are",
            layout=w.Layout(width="auto", flex="0 0 auto", display="none"),
        )
        self._back.on_click(lambda _: go_back())
        super().__init__([self.message, self._back])
        self.add_class("ganviz-notices")

    def say(self, sentence: str = "") -> None:
        """What happened; without a sentence, what is wrong with the run, if anything is."""
        if sentence:
            self.message.say(sentence)
        else:
            self.message.warn(self._trouble)

    def tell(self, status: Status) -> None:
        """What is wrong with the run, or that it was taken back."""
        trouble = status.trouble or status.runaway
        if (trouble, status.returned) == (self._trouble, self._returned):
            return
        before = [said for said in (self._trouble, self._returned) if said]
        self._trouble, self._returned = trouble, status.returned
        # When it is over, what was said of something else since stays.
        if trouble or any(map(self.message.says, before)):
            self.message.warn(trouble)
        if status.returned and not trouble:
            self.message.say(status.returned)
        self._back.layout.display = "" if trouble else "none"

    def attempt(self, what: str, act: Callable[[], None]) -> bool:
        """Whatever comes from the browser is validated; what does not fit is said, not done, and False comes back.

        `what`: whose act it is, for the log."""
        try:
            act()
            return True
        except Invalid as error:
            self.message.warn(str(error))
        except Exception:
            log.exception("%s caught an error", what)
            self.message.warn("Something went wrong inside ganviz; nothing was changed.")
        return False
