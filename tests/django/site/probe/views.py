"""A view for each thing that views do."""

import hashlib
import io
import os
import sys
import tempfile
import threading

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

released = threading.Event()


def plain(request):
    """Answer at once."""
    return HttpResponse("plain")


def stream(request):
    """Send one part, and the other once it is released."""

    def parts():
        yield "one"
        if request.method != "HEAD":
            released.wait(60)
        released.clear()
        yield "two"

    return StreamingHttpResponse(parts(), content_type="text/plain")


def release(request):
    """Release the other part."""
    released.set()
    return HttpResponse("released")


def endless(request):
    """Send until nobody listens."""

    def parts():
        session_count()
        while True:
            yield b"x" * 65536

    return StreamingHttpResponse(parts())


def file(request, kind):
    """Send a file."""
    path = settings.BASE_DIR / "sent.bin"
    if kind == "attached":
        return FileResponse(path.open("rb"), as_attachment=True, filename="größe.bin")
    if kind == "memory":
        return FileResponse(io.BytesIO(b"memory" * 50_000), filename="a.txt")
    if kind == "empty":
        return FileResponse((settings.BASE_DIR / "empty.css").open("rb"))
    if kind == "temporary":
        temporary = tempfile.NamedTemporaryFile(suffix=".html")
        temporary.write(b"temporary" * 50_000)
        temporary.seek(9)
        return FileResponse(temporary, filename="a.html")
    if kind == "pipe":
        read, write = os.pipe()
        os.write(write, b"through a pipe")
        os.close(write)
        return FileResponse(os.fdopen(read, "rb"), content_type="text/plain")
    return FileResponse(path.open("rb"))


def fail(request):
    """Raise an exception."""
    raise ValueError("as it should")


def fail_late(request):
    """Raise one when half of the answer is sent."""

    def parts():
        yield "half"
        raise ValueError("too late")

    return StreamingHttpResponse(parts())


def leave(request):
    """End the program, as some believe."""
    session_count()
    sys.exit(3)


@csrf_exempt
def upload(request):
    """Say what came, and how."""
    file = request.FILES["file"]
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return JsonResponse(
        {
            "kind": type(file).__name__,
            "name": file.name,
            "type": file.content_type,
            "size": file.size,
            "sha256": digest.hexdigest(),
            "title": request.POST["title"],
            "path": getattr(file, "temporary_file_path", str)(),
        }
    )


def session_count():
    """Use the database."""
    return Session.objects.count()


def query(request):
    """Use the database, and say which process and connection that was."""
    session_count()
    return JsonResponse({"pid": os.getpid(), "connection": id(connection.connection)})


CROWD = threading.Barrier(12)
"""How many requests use the database at once in `query_together`."""


def query_together(request):
    """Use it, and keep the thread until as many others do so."""
    session_count()
    CROWD.wait(60)
    return HttpResponse("together")


def query_stream(request):
    """Use it while the answer is being sent."""
    return StreamingHttpResponse(str(session_count()) for _ in range(3))


def query_fail(request):
    """Use it and raise an exception."""
    session_count()
    raise ValueError("with a connection")


def note(request):
    """Show a form and how often it was sent, and what there is to say."""
    if request.method == "POST":
        request.session["sent"] = request.session.get("sent", 0) + 1
        messages.success(request, f"got {request.POST['text']}")
        return redirect("/note/")
    return render(request, "note.html", {"sent": request.session.get("sent", 0)})
