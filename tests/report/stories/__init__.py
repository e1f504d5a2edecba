"""Is the cause found? Months of lively organizations, with planted stories and without.

A month is drawn from its seed: an organization, a day at which its report is made, and what happens. The
report is made of the emulator's own figures, without HTTP, so that there can be hundreds.
By default a few months of each kind are tried, with `CONTRACT=long` as many as CONTRACT.md 12 says.
"""
