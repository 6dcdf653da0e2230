"""How fast, beside the peers, in one process run: `make bench`."""
