"""Library and commands in surroundings of many kinds, most of them ordinary and some of them broken."""
