"""The line above the stage."""

from __future__ import annotations

import html

import ipywidgets as w


class Message(w.HTML):
    """One sentence at a time: about what happened, or, in another colour, about what did not."""

    def say(self, sentence: str) -> None:
        """What happened."""
        self.remove_class("ganviz-warning")
        self._show(sentence)

    def warn(self, sentence: str) -> None:
        """What went wrong, or was refused."""
        self.add_class("ganviz-warning")
        self._show(sentence)

    def says(self, sentence: str) -> bool:
        """Whether it is this sentence that stands there."""
        return bool(self.value == html.escape(sentence))

    def _show(self, sentence: str) -> None:
        if not self.says(sentence):
            self.value = html.escape(sentence)
