"""The systems the hub talks to: one folder per adapter, `kit` for what they share, `registry` to find them by name."""
