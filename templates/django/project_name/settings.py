WSGI_APPLICATION = "{{ project_name }}.wsgi.application"
SECRET_KEY = "{{ secret_key }}"
