"""Results that follow from data alone, worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import update_wrapper
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.isolated import isolated

Data = TypeVar("Data", bound=Distribution)
Others = ParamSpec("Others")
Result = TypeVar("Result")

Function = Callable[Concatenate[Data, Others], Result]


def remembered(most: int) -> Callable[[Function[Data, Others, Result]], Function[Data, Others, Result]]:
    """Keep the results of a function of data (and of what else can be compared) that were asked for last, `most` of
    them.

    As `lru_cache`, but by the data's identity: what was worked out of files is not taken for what has replaced them.
    Two threads may work out the same.
    """

    def decorate(function: Function[Data, Others, Result]) -> Function[Data, Others, Result]:
        results: OrderedDict[Hashable, Result] = OrderedDict()
        lock = Lock()
        compute = isolated(function)  # kept for callers of every kind

        def found(data: Data, /, *others: Others.args, **named: Others.kwargs) -> Result:
            key = data.identity(), others, tuple(named.items())
            with lock:
                if key in results:
                    results.move_to_end(key)
                    return results[key]
            result = compute(data, *others, **named)
            with lock:
                results[key] = result
                while len(results) > most:
                    results.popitem(last=False)
            return result

        update_wrapper(found, function)
        return found

    return decorate
