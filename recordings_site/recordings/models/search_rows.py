"""What searches read: one row for each indexed recording, and the words that prefixes and corrections draw on.

The tokens themselves are in tables of each database's own kind (search/sql).
"""

from django.db import models
from django.utils import timezone


class IndexedRecording(models.Model):
    """One recording whose transcript can be searched. Ids are in the order of the calls' times (line_ids)."""

    id = models.BigIntegerField(primary_key=True)
    recording = models.OneToOneField("recordings.RecordingJob", on_delete=models.CASCADE, related_name="indexed")
    transcript = models.OneToOneField("recordings.Transcript", on_delete=models.CASCADE, related_name="indexed")
    # The number's id, 0 while unattributed: what one may see is part of each search.
    scope = models.BigIntegerField(default=0)
    # The stemmer's language; empty for languages without one.
    language = models.CharField(max_length=8, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    # tokens.VERSION at the time: those behind are what `manage.py reindex` begins with.
    version = models.PositiveSmallIntegerField()
    indexed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("version", "id"), name="indexed_by_version"),)

    def __str__(self) -> str:
        return str(self.id)


class IndexedLanguage(models.Model):
    """A language in which some transcript was indexed: a query's words are stemmed in each of them."""

    code = models.CharField(max_length=8, primary_key=True, blank=True)

    def __str__(self) -> str:
        return self.code or "another language"


class IndexedWord(models.Model):
    """A folded word as it was said, the token that stands for it, and in how many transcripts it was found."""

    word = models.CharField(max_length=64, db_index=True)
    # From its end to its beginning: the words with one ending stand together in this index.
    backwards = models.CharField(max_length=64, db_index=True)
    language = models.CharField(max_length=8, blank=True)
    token = models.CharField(max_length=64)
    transcripts = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("word", "language"), name="indexed_word_once"),)

    def __str__(self) -> str:
        return self.word
