"""What the project stores."""

from django.db import models


class Entry(models.Model):
    """A line of text."""

    id = models.BigAutoField(primary_key=True)
    text = models.CharField(max_length=100)
