"""What is kept of usage and costs: an archive that is exact, outlives the API, and is asked by SQL."""
