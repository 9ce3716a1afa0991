"""The experiments: one module for each NAME of the command line, its settings at the top."""
