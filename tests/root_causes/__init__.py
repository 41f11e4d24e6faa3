"""Orders that stand still for six reasons: each trace says the right one (issue 8, proof 2)."""
