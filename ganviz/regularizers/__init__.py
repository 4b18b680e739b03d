"""What is done to keep the game stable; one file each, any number at once."""
