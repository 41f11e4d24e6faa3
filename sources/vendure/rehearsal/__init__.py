"""A small shop that speaks Vendure's Admin and Shop API with state, and with its bad habits (systems.md 5).

It serves the demo and the fast tests; the contract suite that judges it also judges a real Vendure. In memory: it
outlives the hub, not itself.
"""
