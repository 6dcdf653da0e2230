"""Will the promise hold: agreements, clocks, availability, and what is ambiguous."""
