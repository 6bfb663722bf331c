"""What answered a number before and where it was recorded to: who may know the names of policies and destinations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("destinations", "0001_initial"), ("policies", "0002_wrong_signatures")]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="callout_policy",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="callout_applications",
                to="policies.policy",
            ),
        ),
        migrations.AddField(
            model_name="phonenumber",
            name="past_destinations",
            field=models.ManyToManyField(related_name="+", to="destinations.destination"),
        ),
        migrations.AddField(
            model_name="phonenumber",
            name="past_policies",
            field=models.ManyToManyField(related_name="past_numbers", to="policies.policy"),
        ),
    ]
