"""What is made of rows before they are written: added up, filled, sorted. Pure."""
