"""Editor: what the controls of this package have in common."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from pydantic.fields import FieldInfo

from ganviz.lab.limits import Limits
from ganviz.option import Invalid
from ganviz.widgets.fields import Change, label

log = logging.getLogger("ganviz")

REFUSED = "That was refused; nothing was changed."
"""Said where the control's owner refuses; it says why in a place of its own."""

STATIC = Path(__file__).parent.parent / "static"


def script(*names: str) -> str:
    """The page's half of an editor: files of ``static/``, one behind the other, in one module."""
    return "".join((STATIC / name).read_text("utf-8") for name in ("editor.js", *names))


def _as_it_was(sent: object, editor: Editor) -> Any:
    """What becomes of a `_shown` that a browser sent: nothing."""
    return editor._shown


class Editor(anywidget.AnyWidget):
    """A labelled control drawn by JavaScript of its own.

    The browser proposes a value in one custom message and gets one answer. Whatever it sends may be forged: `read` says
    in a sentence what does not fit, and the value that was accepted last stays, here and, after the answer, there.
    """

    _css = "".join((STATIC / name).read_text("utf-8") for name in ("theme.css", "editors.css"))
    description = traitlets.Unicode().tag(sync=True)
    _shown = traitlets.Any().tag(sync=True, from_json=_as_it_was, echo_update=False)
    """What the browser shows of the value, as JSON; only Python writes it."""

    def __init__(self, name: str, field: FieldInfo, value: Any, on_change: Change) -> None:
        self._value, self._on_change = value, on_change
        super().__init__(description=label(name, field), tooltip=field.description or "", _shown=self.show(value))
        self.on_msg(self._receive)

    @property
    def value(self) -> Any:
        """The value that was accepted last."""
        return self._value

    @abstractmethod
    def read(self, content: dict[str, Any], buffers: list[memoryview]) -> Any:
        """The value that a message proposes. Raises `Invalid` for a message that proposes none."""

    @abstractmethod
    def show(self, value: Any) -> Any:
        """What the browser needs of a value, as JSON."""

    def present(self, value: Any) -> None:
        """Show a value in the browser."""
        self._shown = self.show(value)

    def attempt(self, act: Callable[[], bool]) -> bool:
        """Do what the browser asked for and answer it: with a sentence where the act raises, or returns False."""
        taken, sentence = False, REFUSED
        try:
            taken = act()
        except Invalid as error:
            sentence = str(error)
        except Exception:
            log.exception("An editor caught an error")
            sentence = "Something went wrong inside ganviz; nothing was changed."
        self.send({"kind": "answer", "sentence": "" if taken else sentence})
        return taken

    def _receive(self, widget: object, content: Any, buffers: Any) -> None:
        self.attempt(lambda: self._propose(content, buffers))

    def _propose(self, content: Any, buffers: Any) -> bool:
        if not isinstance(content, dict):
            raise Invalid("That message says nothing.")
        sent = list(buffers or ())
        Limits.here().admit_upload(sum(memoryview(part).nbytes for part in sent))
        value = self.read(content, sent)
        taken = self._on_change(value)
        if taken:
            self._value = value
            self.present(value)
        return taken
