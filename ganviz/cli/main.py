"""ganviz's command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from ganviz import __version__
from ganviz.cli import export, options, presets, serve, train
from ganviz.cli.signals import Signals, Stopped
from ganviz.cli.streams import accept_all_encodings, say
from ganviz.docstring import docstring
from ganviz.invalid import unusable
from ganviz.option import Invalid

COMMANDS = {"serve": serve, "train": train, "export": export, "presets": presets, "options": options}


class Parser(argparse.ArgumentParser):
    """A parser that explains a mistake in one sentence, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        """Raise `Invalid` instead of printing the usage and leaving."""
        raise Invalid(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    whole = Parser(prog="ganviz", description="A laboratory for adversarial training that lives in a notebook.")
    whole.add_argument("--version", action="version", version=f"ganviz {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        about = docstring(command).partition("\n")[0]
        command.arguments(commands.add_parser(name, help=about, description=about))
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; ``ganviz`` alone serves the app. Returns the exit status: 0, 1 for a run that diverged, 2 for
    something the reader asked for that cannot be, 128 and the number of the signal that has ended it."""
    accept_all_encodings()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "serve")
    with Signals() as signals:
        try:
            with signals.interruptible():
                return _run(given)
        except Invalid as error:
            say(str(error))
            return 2
        except Stopped as reason:
            return reason.status
        except BrokenPipeError:
            return 0
        except OSError as error:  # a full disk, a folder where a file should be
            say(unusable(error))
            return 2


def _run(given: Sequence[str]) -> int:
    read = parser().parse_args(given)
    status: int = COMMANDS[read.command].run(read)
    if sys.stdout is not None:
        sys.stdout.flush()  # here, where it may fail
    return status
