"""The first tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes them."""

    initial = True
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=100)),
            ],
        ),
    ]
