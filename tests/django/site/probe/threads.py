"""Views that wait for other threads, for other views, or for themselves."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse

from .models import Entry

meeting = threading.Barrier(2)
inside = 0
most_inside = 0
lock = threading.Lock()


def ask(request, path):
    """Ask the server that is serving this request."""
    with urlopen(request.build_absolute_uri(path), timeout=60) as answer:
        return answer.read().decode()


def nest(request, depth):
    """Ask for the same, one level less deep."""
    return HttpResponse(ask(request, f"/nest/{depth - 1}/") + "." if depth else "bottom")


def meet(request, name):
    """Wait for the other one, then ask for what only it can let pass."""
    meeting.wait(60)
    answer = ask(request, f"/met/{name}/")
    return HttpResponse(answer)


def met(request, name):
    """Wait for the other one once more."""
    meeting.wait(60)
    return HttpResponse(f"met {name}")


def crowd(request):
    """Have threads use the database, each with a connection of its own."""

    def write(number):
        try:
            with transaction.atomic():
                Entry.objects.create(text=f"from a thread {number}")
            return id(connection.connection)
        finally:
            connection.close()

    with transaction.atomic():
        Entry.objects.all().delete()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    return JsonResponse(sorted(Entry.objects.values_list("text", flat=True)), safe=False)


def later(request):
    """Start a thread that writes once this request is over."""

    def write():
        released.wait(60)
        Entry.objects.create(text="later")
        connection.close()
        print("event: later", flush=True)

    released = threading.Event()
    threading.Thread(target=write).start()
    response = HttpResponse("soon")
    response._resource_closers.append(released.set)
    return response


async def asynchronous(request):
    """Use the database from a coroutine."""
    await sync_to_async(Entry.objects.create)(text="asynchronous")
    count = await sync_to_async(Entry.objects.filter(text="asynchronous").count)()
    return HttpResponse(f"asynchronous {count}")


def one_at_a_time(request):
    """Say how many were in here at a time so far."""
    global inside, most_inside
    with lock:
        inside += 1
        most_inside = max(most_inside, inside)
    Entry.objects.count()
    threading.Event().wait(0.01)
    with lock:
        inside -= 1
    return HttpResponse(str(most_inside))
