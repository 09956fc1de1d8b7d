"""Says whether {{ project_name }} answers: the engine runs this in the container, again and again.

A page that is not there, or a redirection to HTTPS, is an answer of the project; an
error of the server's, or a host name that the project refuses, is none. With --any they
are: the project is loaded then, and what is wrong will not be better after a new start.
"""

import http.client
import os
import sys

port = int(os.environ.get("PORT") or "{{ port }}")
host = os.environ.get("HEALTHCHECK_HOST") or {{ host | python_string }}

try:
    # Less than the engine waits, so that it hears the reason.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    # A site that sends everybody to HTTPS is to show its page here, too: Gunicorn believes it,
    # unless FORWARDED_ALLOW_IPS is without this address.
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    connection.request("GET", "/", headers=headers)
    status = connection.getresponse().status
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer at port {port}: {error}")
if "--any" in sys.argv[1:]:
    sys.exit()
if status == 400:
    sys.exit(f"400 for the host {host}: HEALTHCHECK_HOST has to name an allowed one")
if status >= 500:
    sys.exit(f"the answer is {status}")
