"""An order that the hub manages, from acceptance to completion: what should exist now at every system (Flow-1). Pure.

`capture` says which orders are managed, `checks` what is examined first, `scene` what everybody here looks at,
`creating requesting shipping billing` which intents follow, `shown` when a record proves one, `cases` what people see.
"""
