"""GraphQL over HTTP, WebSocket and server-sent events, ours because the framework's has proven faults (design D9)."""
