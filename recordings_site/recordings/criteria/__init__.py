"""What a recording can be narrowed by, each criterion written once.

`registry` holds the criteria; the list's form, the search language, saved searches, exports and the search tips are
made from it. `conditions` are what the criteria ask of a row, `dates` reads dates and lengths, `limited_scope` walks
through the recordings of a person who sees few numbers. The room stands on the models and knows nothing of search.
Start reading at `registry`.
"""
