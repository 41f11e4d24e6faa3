"""A rehearsed Tryton 8.2: stateful, with its own numbering, REST query language, wizards' effects and bad habits."""
