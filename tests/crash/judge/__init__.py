"""The judge: what was recorded, and one short rule for each invariant."""
