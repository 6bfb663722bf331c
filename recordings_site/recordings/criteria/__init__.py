"""The criteria by which recordings can be filtered and searched, each declared once.

`registry` declares them: the list's form, the search language, saved searches, exports and search tips are made from
it. `conditions` are their Qs, `dates` parses dates, `limited_scope` pages through the recordings of a user with few
numbers. It may import `lifecycle`, the models and what lies below. A new filter or search operator starts in
`registry`.
"""
