"""`make referees`: independent programs judge this client and its emulator.

Our own tests share our reading of the documents; a mistake in that reading passes them. Here others
read the same documents: the official SDK, two mock servers, a fuzzer and a validator, none of which
imports anything of ours. What they object to is a finding, explained in `known.yaml` or a failure.
docs/referees.md says what each of them can see.
"""
