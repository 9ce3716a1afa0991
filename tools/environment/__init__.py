"""The environment in ``.venv``, and the settings under which things run."""
