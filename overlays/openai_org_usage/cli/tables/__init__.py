"""Tables for people, laid out for the width of a terminal."""
