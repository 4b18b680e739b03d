"""How a player descends; one file each."""
