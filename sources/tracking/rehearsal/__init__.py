"""A sender of tracking events: it posts signed JSON, and there is nothing at it to be called."""
