"""Gunicorn's configuration for {{ project_name }} in a container.

Every setting: https://docs.gunicorn.org/en/stable/settings.html
"""

import os

# Imports start here; the module beside this file has the application.
chdir = {{ directory | python_string }}
pythonpath = {{ (directory ~ "/" ~ place) | python_string }}
wsgi_app = "docker_wsgi:application"

# Of all addresses: which of them others reach, the engine says.
bind = "0.0.0.0:" + (os.environ.get("PORT") or "{{ port }}")

# Processes use several cores, threads the time in which one waits. The cores of the machine say
# nothing about how many a container may use, so WEB_CONCURRENCY in the environment does.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = {{ threads }}

# Whoever FORWARDED_ALLOW_IPS names could set the path with these, which are SCRIPT_NAME and
# PATH_INFO otherwise. Proxies pass on what visitors send under such names.
forwarder_headers = ""

# A process that says nothing for so long is killed. With threads that means one that hangs as a
# whole, not a slow request.
timeout = 30
# How long requests may go on after the order to stop; who stops it has to wait a little longer.
graceful_timeout = 30

# A process is replaced after so many requests, so that leaks stay small; not all at once.
max_requests = 1000
max_requests_jitter = 100

# Where processes say that they live: memory, since a container's disk may keep them waiting.
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"

# To standard output and standard error, which the engine collects.
accesslog = "-"
errorlog = "-"
{%- raw %}
access_log_format = '%({x-forwarded-for}i)s "%(r)s" %(s)s %(b)s %(M)sms "%(a)s"'
{%- endraw %}

# `gunicornc` would need a place to write to, which the container does not have.
control_socket_disable = True
