"""Densities p_data that G should learn; one file each."""
