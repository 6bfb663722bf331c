"""Comments on a whole recording, replies, and when a comment was edited."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("recordings", "0013_attribution"),)

    operations = (
        migrations.AddField(
            model_name="comment",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="recordings.comment"
            ),
        ),
        migrations.AddField(model_name="comment", name="edited_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(model_name="comment", name="at", field=models.FloatField(null=True)),
        migrations.RemoveConstraint(model_name="comment", name="comment_span_has_a_length"),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end__isnull", True), models.Q(("at__isnull", False), ("end__gt", models.F("at"))), _connector="OR"
                ),
                name="comment_span_has_a_length",
            ),
        ),
    )
