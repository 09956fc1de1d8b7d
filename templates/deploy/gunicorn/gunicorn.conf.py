"""Gunicorn's configuration for {{ project_name }}.

Every setting: https://docs.gunicorn.org/en/stable/settings.html
"""

import os

# Imports start here.
chdir = {{ directory | python_string }}
{%- if python_path %}
pythonpath = {{ python_path | replace(from=project_directory, to=directory) | python_string }}
{%- endif %}
wsgi_app = {{ application | python_string }}

# Started by systemd, it has the socket of {{ service }}.socket instead.
bind = "127.0.0.1:8000"

# Processes use several cores, threads the time in which one waits. WEB_CONCURRENCY in the
# environment says how many processes; memory is the usual limit.
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
workers = int(os.environ.get("WEB_CONCURRENCY") or 2 * cores + 1)
worker_class = "gthread"
threads = {{ threads }}

# A process that says nothing for so long is killed. With threads that means one that hangs as a
# whole, not a slow request.
timeout = 30
# How long requests may go on after the order to stop; systemd waits a little longer.
graceful_timeout = 30

# A process is replaced after so many requests, so that leaks stay small; not all at once.
max_requests = 1000
max_requests_jitter = 100

# Where processes say that they live: memory, since a disk may keep them waiting.
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"

# To standard output and standard error, which systemd's journal collects.
accesslog = "-"
errorlog = "-"
{%- raw %}
access_log_format = '%({x-forwarded-for}i)s "%(r)s" %(s)s %(b)s %(M)sms "%(a)s"'
{%- endraw %}

# X-Forwarded-Proto is believed of whoever comes by a Unix socket, and over TCP of these.
forwarded_allow_ips = "127.0.0.1,::1"
# Not of these, which would set the path: proxies pass on what visitors send under such names.
forwarder_headers = ""

# `gunicornc` would need a place to write to, which the service does not have.
control_socket_disable = True
