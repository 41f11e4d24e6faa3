"""The checks of the contract suite (connectors.md 8.4), one module per matter. `sources.kit.contract` lists them."""
