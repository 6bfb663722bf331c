"""Indexes: none is lost that a foreign key is followed by, and dropping one can be undone."""

import pytest
from django.apps import apps
from django.db import connection, models

from recordings_site.calls.models import Call
from recordings_site.web.indexes import dropped

OWN = [model for model in apps.get_models() if model.__module__.startswith("recordings_site.")]


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_every_foreign_key_has_an_index_that_begins_with_it(model: type[models.Model]) -> None:
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and not (field.db_index or field.unique):
            assert field.name in beginnings(model), f"{field} cannot be followed back"


def beginnings(model: type[models.Model]) -> set[str]:
    """The fields with which indexes begin that have a row for each of their values."""
    uniques = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    found = [(one.fields[0].lstrip("-"), one.condition) for one in (*model._meta.indexes, *uniques) if one.fields]
    return {name for name, condition in found if condition in (None, models.Q(**{f"{name}__isnull": False}))}


@pytest.mark.django_db(transaction=True)
def test_an_index_is_dropped_and_comes_back() -> None:
    def is_there() -> bool:
        with connection.cursor() as cursor:
            return "index_of_a_test" in connection.introspection.get_constraints(cursor, Call._meta.db_table)

    operation = dropped({"index_of_a_test": "calls_call (custom)"})
    for back in (True, False, False):
        with connection.schema_editor(atomic=False) as editor:
            (operation.reverse_code if back else operation.code)(apps, editor)
        assert is_there() == back
