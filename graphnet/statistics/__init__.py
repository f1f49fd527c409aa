"""The association in figures: exact for staff, thresholded for everyone else."""
