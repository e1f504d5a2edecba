"""Stop the clock of this Python at the moment in CLOCK, if the environment names one.

A folder on PYTHONPATH, so that the processes that tests start stand at the same moment as the tests.
"""

import os
import sys

if moment := os.environ.get("CLOCK"):
    modules: dict[str, object] = vars(sys)["modules"]
    for name in (hidden := ("dateutil", "pytest")):  # Else time_machine loads them into every program.
        modules[name] = None
    try:
        import time_machine
    except ModuleNotFoundError:  # An environment that a test has made.
        pass
    else:
        time_machine.__doc__ = "PYTEST_DONT_REWRITE"  # It comes before pytest, which would warn.
        time_machine.travel(float(moment), tick=False).start()
    for name in hidden:
        del modules[name]
