"""What a sample looks like, and so how a run is looked at; one folder each."""
