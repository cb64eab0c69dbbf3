"""One command that runs everything on one machine: web, workers and beat, kept alive and stopped together."""
