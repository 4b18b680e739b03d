"""``python -m ganviz``: the command line."""

import os
import sys

# Python looks for modules in the current folder first, where a voila.py may be somebody's settings.
if sys.path[0] in ("", os.getcwd()):
    sys.path.append(sys.path.pop(0))

from ganviz.cli.main import main

sys.exit(main())
