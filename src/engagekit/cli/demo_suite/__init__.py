"""The small test suite that the demo really runs, as a copy in a folder of its own."""
