"""What should be true: optimal players, and the stages of Figure 1."""
