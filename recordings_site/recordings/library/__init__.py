"""The list of recordings: filters, columns, bulk actions, exports.

It may import `criteria`, `annotations` and the rooms below them. A new column is declared in `columns`; start with
`views`.
"""
