"""Real systems, started from the package registries by these scripts: `make test-systems`."""
