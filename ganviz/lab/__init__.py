"""Sessions: a run that is played, paused, stepped and changed while somebody looks. No widget, no event loop."""
