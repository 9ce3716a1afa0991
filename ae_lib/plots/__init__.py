"""Figures of the course. Their public names stand in :mod:`ae_lib`."""
