"""How this class is graded: student by student, in a sandbox. Renewed by ``make classroom``."""
