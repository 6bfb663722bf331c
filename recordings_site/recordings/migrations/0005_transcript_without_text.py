"""A transcript's text is that of its lines."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recordings", "0004_reported_and_elsewhere")]

    operations = [migrations.RemoveField(model_name="transcript", name="text")]
