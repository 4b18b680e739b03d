"""Loading an option from its file, and what is wrong with a file that holds none."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from functools import cache
from types import ModuleType

from ganviz.invalid import Invalid
from ganviz.option.field import hint
from ganviz.option.option import Option

LONGEST = 160
"""Characters of somebody else's error that are quoted."""


def load(room: str, name: str) -> type[Option]:
    """The one final option in the file ``ROOM/NAME.py``. Raises `Invalid`, saying why, for a file that cannot be
    imported, that holds none or several, or whose option is unfinished."""
    module = f"ganviz.{room}.{name}"
    try:
        option = _only_option(importlib.import_module(module))
        if reason := _unfinished(option, room):
            raise Invalid(reason)
    # The file may do anything, and no error of its own may cost more than its own entry.
    except (Exception, SystemExit) as error:
        sys.modules.pop(module, None)  # so that it is read again once it is mended
        raise Invalid(f"{room}/{name}.py cannot be used: {_reason(error, f'{name}.py')}.") from None
    return option


def _only_option(module: ModuleType) -> type[Option]:
    """The final option that a module defines."""
    defined = (thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Option))
    own = dict.fromkeys(option for option in defined if option.__module__ == module.__name__)
    final = [option for option in own if not option.is_abstract() and not option.__name__.startswith("_")]
    if not final:
        raise Invalid("it holds no option, a class that derives from the contract of its room")
    if len(final) > 1:
        listed = " and ".join(option.__name__ for option in final)
        raise Invalid(f"it holds {len(final)} options, {listed}; each needs a file of its own")
    return final[0]


@cache
def _unfinished(option: type[Option], room: str) -> str:
    """What an option lacks to be one of the room; nothing where it is finished."""
    name = option.__name__
    if option.contract() is option or option.room != room:
        belongs = "no room" if option.contract() is option else option.room
        return f"{name} belongs to {belongs}, not to {room}; derive it from the contract of {room}"
    unsaid = [variable for variable in option.__class_vars__ if not hasattr(option, variable)]
    for kind, missing in (("method", option.__abstractmethods__), ("class variable", unsaid)):
        if missing:
            return f"{name} lacks the {kind}{'s' * (len(missing) > 1)} {', '.join(sorted(missing))}"
    for field, info in option.knobs().items():
        if info.is_required():
            return f"the field {field!r} of {name} has no default"
        if hint(info, "live") is None:
            return f"the field {field!r} of {name} is neither live nor rebuild"
    option()  # raises where the defaults do not fit
    return ""


def _reason(error: BaseException, file: str) -> str:
    """An error as the rest of a sentence: what it says, and where in the file it was raised."""
    if isinstance(error, Invalid):
        return str(error).rstrip(".")
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)]
    line = error.lineno if isinstance(error, SyntaxError) else next(reversed(lines), None)
    said = error.msg if isinstance(error, SyntaxError) else str(error).strip().partition("\n")[0].rstrip(".")
    # Of an import, without the path of the other module on this computer.
    said = re.sub(r" \([^()]*\)$", "", said) if isinstance(error, ImportError) else f"{type(error).__name__}: {said}"
    return said[:LONGEST] + (f" (line {line})" if line else "")
