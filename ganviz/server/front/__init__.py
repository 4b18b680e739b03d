"""The front page, with a card for each notebook of the course and each preset, and the pages that its cards open."""
