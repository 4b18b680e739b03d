"""What the reader touches: the live figure, the controls, and the explorer made of them."""
