"""Locks a row before it is changed: what was read without a lock may be out of date."""

from django.db.models import Model


def lock(row: Model) -> None:
    """Lock a row to the end of the transaction and read it again, in place, as it is now.

    Only the columns that were loaded are read. Raises the model's DoesNotExist for a row that was deleted meanwhile.
    """
    # `request.user` is a stand-in for its row, of another type.
    row.refresh_from_db(from_queryset=row.__class__._base_manager.select_for_update())
