"""What uWSGI loads for {{ project_name }}."""
{% if settings_variable %}
import os

# Here and not as `env` in the configuration, which comes too late for uWSGI as a module of Python.
os.environ[{{ settings_variable | python_string }}] = {{ settings_module | python_string }}
{% endif -%}
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
