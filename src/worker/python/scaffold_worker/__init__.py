"""The half of scaffold's development server that runs inside the project's own Python."""
