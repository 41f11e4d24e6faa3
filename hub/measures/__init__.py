"""What Prometheus is told: what this process does, and what the store holds; alert rules and a dashboard beside."""
