"""Views that use both databases."""

import os

from django.contrib.sessions.models import Session
from django.db import connections
from django.http import JsonResponse

from . import apps, edited
from .models import Entry


def backend(request):
    """Write to one, read from the other, and say who talks to whom."""
    entry = Entry.objects.create(text=edited.TEXT)
    with connections["postgres"].cursor() as cursor:
        cursor.execute("select pg_backend_pid(), text from probe_entry where id = %s", [entry.pk])
        server, text = cursor.fetchone()
    return JsonResponse(
        {
            "worker": os.getpid(),
            "parent": os.getppid(),
            "backend": server,
            "early": apps.early,
            "text": text,
            "databases": [entry._state.db, Session.objects.all().db],
        }
    )
