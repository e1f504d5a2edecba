"""Copying the library into another repository, as source files that need nothing but its requirements.

`copying` has the two entry points, `vendor` and `check`; `contents` says what is copied, `manifest`
what is written down about it, `comparison` what has become of a copy. A copy is the library without
this package: it cannot vendor itself.
"""
