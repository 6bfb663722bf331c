"""Search: what was said in the recordings that a person may see.

Others ask this face alone. `read` understands a query as it was typed; its tree goes to `find`, `best`, `count`,
`summarize`, `within`, `beside`, `finds` and `suggest`. `index` has a transcript found from then on.

Inside, a query goes from `parser` (with `lexer` and `query_tree`) to `compiled_query`, which has the `tokens` that
are indexed, and within a `scope` to the `engine` of the database in use: `port` says what one does, `postgresql` and
`sqlite` do it, by what they share (`sql_engine`). What was found is shown by `hits`. Search stands on the models and
the criteria.
"""

from recordings_site.recordings.search.facets import (
    MOST,
    Facet,
    FacetValue,
    Summary,
    count,
    refined,
    summarize,
)
from recordings_site.recordings.search.highlight import Piece
from recordings_site.recordings.search.hits import Beside, Found, Hit, HitLine, beside, best, find, finds, within
from recordings_site.recordings.search.indexing import index
from recordings_site.recordings.search.language.query_tree import Node
from recordings_site.recordings.search.language.typed import BEST, Asked, cursor_of, read, wants_best
from recordings_site.recordings.search.suggestions import suggest
from recordings_site.recordings.search.text.tokens import VERSION

__all__ = [
    "BEST",
    "MOST",
    "VERSION",
    "Asked",
    "Beside",
    "Facet",
    "FacetValue",
    "Found",
    "Hit",
    "HitLine",
    "Node",
    "Piece",
    "Summary",
    "beside",
    "best",
    "count",
    "cursor_of",
    "find",
    "finds",
    "index",
    "read",
    "refined",
    "suggest",
    "summarize",
    "wants_best",
    "within",
]
