"""When the clock runs: instants, spans, and (with calendars) business time."""
