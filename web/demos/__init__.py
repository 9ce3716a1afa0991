"""The interactive demos: their JavaScript modules, and what makes their data."""
