"""Photos, counts and museum tables from services: the only code that talks to a network."""
