"""What the world requires: rules and criteria as dated, cited data."""
