"""How far a run is from where it should be; one file each."""
