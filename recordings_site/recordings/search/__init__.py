"""Full-text search in the transcripts that a user may see.

Other rooms import this module alone. `read` parses a typed query; its tree goes to `find`, `best`, `count`,
`summarize`, `within`, `adjacent_hits`, `finds` and `suggest`. `index` indexes a transcript. It may import `criteria`,
`transcripts` and the rooms below them; a search operator is declared in `criteria.registry`.

Inside, `language` parses a query to a tree and compiles it with the tokens of `text`; `engines` run it within the
`scope` of the user. Both databases index the same tokens: whole recordings for AND, OR and NOT, lines for phrases, NEAR
and speakers. Ids begin with the second of the call, so newest first is a scan: FTS5 descends its row ids, PostgreSQL
goes back in steps of hours, days or weeks inside its GIN index, wider while they find little; both stop when a page is
full. For users with few numbers these are looked up like words. What a recording's tokens cannot decide is checked in
its lines, for at most 2,000 candidates, and a phrase in 10,000 lines that have its words, before the page offers to
continue.

Best match orders hits by how many of their lines match, weighted by the length of the call (BM25). A recording with
many lines for a word is also indexed under one of three levels of it, so the best are found at the highest level first.
Of several words the best 300 of each are scored; phrases are counted among the newest 300.

`suggestions` looks up words within one edit of a mistyped one in the lexicon's index, and compares it with the thousand
commonest of its first letter; each is then searched for as the user.

A line has up to four readings: as said, with numbers, codes and compounds merged to one token each, and both for its
correction. Phrases and NEAR match within one of them. A word with a star is looked up in the lexicon, forwards for
"refun*" and backwards for "*nummer".
"""

from recordings_site.recordings.search.completing import completions
from recordings_site.recordings.search.facets import (
    MOST,
    Facet,
    FacetValue,
    Summary,
    count,
    quoted,
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
from recordings_site.recordings.search.language.typed import BEST, Condition, TypedQuery, cursor_of, read, wants_best
from recordings_site.recordings.search.suggestions import suggest
from recordings_site.recordings.search.text.tokens import VERSION, language_of

__all__ = [
    "BEST",
    "MOST",
    "VERSION",
    "AdjacentHits",
    "Condition",
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
    "completions",
    "count",
    "cursor_of",
    "find",
    "finds",
    "index",
    "language_of",
    "quoted",
    "read",
    "refined",
    "suggest",
    "summarize",
    "wants_best",
    "within",
]
