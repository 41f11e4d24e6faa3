"""One order of changes: the relay gives positions, followers read them (design D5, section 11 rules 2-4)."""
