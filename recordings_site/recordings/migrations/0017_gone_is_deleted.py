"""A walk through a store may be told that what is gone was deleted on purpose."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recordings", "0016_longest_of_each_number"),
    ]

    operations = [
        migrations.AddField(
            model_name="reconciliation",
            name="gone_is_deleted",
            field=models.BooleanField(default=False),
        ),
    ]
