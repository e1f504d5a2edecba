"""An archive is asked by SQL."""
