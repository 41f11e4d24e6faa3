"""A real Vendure 3.7 server with its data, started and stopped by `start`."""
