"""The command line: ``ganviz serve``, ``train``, ``presets`` and ``options``."""
