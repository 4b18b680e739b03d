"""``python -m ganviz``: the command line."""

import sys

from ganviz.cli.main import main

sys.exit(main())
