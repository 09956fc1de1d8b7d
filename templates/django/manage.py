# {{ project_name }}
