"""What builds and checks the course, in rooms by purpose."""
