"""A return from the first word to the last cent: what may be asked, and what should exist now (Flow-1). Pure.

`asserted` is the hub's own record of a return; `requesting handling paying` judge what people ask, `judging` all of it;
`refund` says what is owed, `telling` which intents follow, `shown` when a record proves one, `cases` what people see.
"""
