# {{ camel_case_project_name }}
