"""Networks for both players; one file each."""
