"""What Gunicorn loads in the container for {{ project_name }}."""
{% set parts = application | split(pat=":") -%}
{% set attribute = parts | last -%}
{% if attribute is containing(pat=".") %}
import {{ parts | first }}

application = {{ parts | first }}.{{ attribute }}
{%- elif attribute is ending_with(pat="()") %}
{%- set function = attribute | replace(from="()", to="") %}
from {{ parts | first }} import {{ function }}

application = {{ function }}()
{%- elif attribute == "application" %}
from {{ parts | first }} import application  # noqa: F401
{%- else %}
from {{ parts | first }} import {{ attribute }} as application  # noqa: F401
{%- endif %}
{%- if has_static %}

# Settings can be read from here on.
from django.conf import settings  # noqa: E402
from whitenoise import WhiteNoise  # noqa: E402

# The image has the static files, and a web server in front of it has not. Where
# WhiteNoise is in MIDDLEWARE, it serves them already.
if not any("whitenoise" in name.lower() for name in settings.MIDDLEWARE):
    application = WhiteNoise(
        application,
        root=settings.STATIC_ROOT,
        prefix={% if script_name %}{{ static_url | replace(from=script_name ~ "/", to="/") | python_string }}{% else %}{{ static_url | python_string }}{% endif %},
    )
{%- endif %}
{%- if script_name %}


class Below:
    """Takes FORCE_SCRIPT_NAME off the address, unless a proxy in front has done so."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith({{ (script_name ~ "/") | python_string }}):
            environ["PATH_INFO"] = environ["PATH_INFO"][len({{ script_name | python_string }}) :]
        return self.application(environ, start_response)


application = Below(application)
{%- endif %}
