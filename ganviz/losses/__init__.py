"""What the players minimise; one file each."""
