"""The crash harness: real processes killed at named points, sources that outlive them, a judge (reliability.md 3)."""
