"""Why a spend changed: its causes and their days, what moved by how much, and volume, price and mix apart."""
