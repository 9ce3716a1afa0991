"""The website: built, served, opened in a browser, scored."""
