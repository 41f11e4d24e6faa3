"""Live changes: topics, broker, feed and streams. Knows no GraphQL and no sockets."""
