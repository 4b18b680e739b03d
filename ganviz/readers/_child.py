"""The process that reads files: it answers questions on its standard input until that ends.

``python -m ganviz.readers._child MEMORY SECONDS``. It knows neither torch nor pydantic, so that it starts quickly.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from ganviz.invalid import Invalid
from ganviz.readers._message import LACKS_MEMORY, Message, receive, send

LONGEST = 1 << 28
"""Bytes that a question may have."""


def limit(memory: int, seconds: int) -> None:
    """Take from this process, for good, the right to more than so many bytes of addresses and seconds of computing.
    Where the system has no such limits (Windows), the process that asks has to watch."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS knows the first and refuses it; or the limit is lower already
            continue


def answer(question: Message) -> Message:
    """What the reader of that kind of file answers: a module of this room with a function `answer`."""
    try:
        found: Message = import_module(f"ganviz.readers.{question.words['reader']}").answer(question)
        return found
    except Invalid as error:
        return Message({}, refusal=str(error))


def main() -> None:
    """Answer until there are no more questions."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        while question := receive(sys.stdin.buffer, LONGEST):
            send(answers, answer(question))
    except MemoryError:
        os._exit(LACKS_MEMORY)  # at once: there may not be enough for an orderly end


if __name__ == "__main__":
    main()
