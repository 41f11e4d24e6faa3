"""What operators do, as mutations: one module per matter."""
