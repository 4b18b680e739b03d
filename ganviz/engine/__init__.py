"""The trainer and what it is made of: a pure step, its fast paths, snapshots and checkpoints."""
