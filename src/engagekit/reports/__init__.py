"""For people: what happened and how it stands, in words and in plain values."""
