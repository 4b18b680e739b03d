"""What a module or a class says about itself."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import lru_cache
from types import ModuleType


@lru_cache(maxsize=1024)
def docstring(of: ModuleType | type) -> str:
    """The docstring of a module or a class, without its indentation; empty where it has none. ``python -OO`` drops
    docstrings, but the screen shows them: then it is read from the source."""
    if of.__doc__:
        return inspect.cleandoc(of.__doc__)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(of)))
    except (OSError, TypeError, SyntaxError):  # there is no source
        return ""
    described = tree if isinstance(of, ModuleType) else tree.body[0]
    return (ast.get_docstring(described) if isinstance(described, ast.Module | ast.ClassDef) else None) or ""
