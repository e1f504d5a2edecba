"""Library and commands in environments of many kinds, most of them ordinary and some of them broken."""
