"""Search: what was said in the recordings that a person may see.

Others ask this face alone. `read` understands a query as it was typed; its tree goes to `find`, `best`, `count`,
`summarize`, `within`, `beside`, `finds` and `suggest`. `index` has a transcript found from then on.

Inside, `language` turns what was typed into a query tree and compiles it with the tokens of `text`, which alone turns
text into tokens; `engines` run it within the `scope` of who asks. Both databases index the same tokens: whole
recordings for AND, OR and NOT, lines for phrases, NEAR and speakers. Ids begin with the second of the call, so newest
first is a walk: FTS5 goes down its row ids, PostgreSQL goes back in steps of hours, days or weeks that stand inside
its GIN index and widen while they bring little; both stop when a page is full. The numbers of who sees few are looked
up like words. What a recording's tokens cannot decide is asked of its lines, for 2,000 candidates at most, and a phrase
is looked for in 10,000 lines that have its words, before the page offers to go on.

Best match orders hits by how many of their lines say what was asked, in a short call more than in a long one (BM25). A
recording that says much of a word is indexed under one of three levels of it as well, so the best of all are found at
the highest level first. Of several words the best 300 of each are weighed; phrases are counted among the newest 300.

`suggestions` looks up words that are one slip away from a mistyped one, in the lexicon's index, and compares it with
the thousand commonest of its first letter; each is then looked for as this person sees the calls.
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
from recordings_site.recordings.search.highlight import Fragment
from recordings_site.recordings.search.hits import (
    AdjacentHits,
    Hit,
    HitLine,
    ResultPage,
    adjacent_hits,
    best,
    find,
    finds,
    within,
)
from recordings_site.recordings.search.indexing import index
from recordings_site.recordings.search.language.query_tree import Node
from recordings_site.recordings.search.language.typed import BEST, TypedQuery, cursor_of, read, wants_best
from recordings_site.recordings.search.suggestions import suggest
from recordings_site.recordings.search.text.tokens import VERSION

__all__ = [
    "BEST",
    "MOST",
    "VERSION",
    "AdjacentHits",
    "Facet",
    "FacetValue",
    "Fragment",
    "Hit",
    "HitLine",
    "Node",
    "ResultPage",
    "Summary",
    "TypedQuery",
    "adjacent_hits",
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
