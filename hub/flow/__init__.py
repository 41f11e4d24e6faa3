"""What should exist now: facts in, the full set of intents, holds, cases and `wake_at` out. Pure (Flow-1 to Flow-4)."""
