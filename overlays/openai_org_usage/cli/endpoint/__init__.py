"""The commands of the endpoints: one for each, made from the registry."""
