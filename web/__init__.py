"""What only the website has: Sphinx extensions, demos, style."""
