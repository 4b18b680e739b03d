"""Densities p_z that G pushes forward; one file each."""
