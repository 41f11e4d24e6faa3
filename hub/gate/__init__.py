"""The only way to a source: deadline, concurrency, rate, breaker, retry budget, login, lease (design D8)."""
