"""The tally of claims, ``book/claims.json``."""
