"""What is measured: this package and its peers, each doing the same work."""
