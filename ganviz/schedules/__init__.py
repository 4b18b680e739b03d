"""How the learning rates change as training goes on; one file each."""
