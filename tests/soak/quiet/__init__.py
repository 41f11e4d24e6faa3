"""An adapter for systems that nobody calls: what they say is written by the soak's own traffic."""
