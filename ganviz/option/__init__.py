"""What an option is, and how it is found.

An option is a frozen pydantic model: its docstring is its help, its fields are its sliders. It lives in a *room*, a
package such as ``ganviz.losses``, in a file called what the option is called in JSON. Nothing lists the options: to
add one is to add its file.
"""

from ganviz.invalid import Invalid, nearest
from ganviz.option.field import hint, live, rebuild
from ganviz.option.model import FrozenModel
from ganviz.option.option import Option
from ganviz.option.registry import available, broken, find, names, resolve

__all__ = [
    "FrozenModel",
    "Invalid",
    "Option",
    "available",
    "broken",
    "find",
    "hint",
    "live",
    "names",
    "nearest",
    "rebuild",
    "resolve",
]
