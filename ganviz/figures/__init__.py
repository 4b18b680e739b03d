"""Figures: arrays in, plotly figure out; one file each."""
