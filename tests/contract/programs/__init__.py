"""Whole programs, each run in a process of its own: `python -m tests.contract.programs NAME BASE_URL`."""

from __future__ import annotations

from collections.abc import Callable

from . import endings, forks, interruptions

PROGRAMS: dict[str, Callable[..., None]] = {
    program.__name__: program
    for program in (
        endings.never_closed,
        endings.never_finished,
        endings.ended_by_exit,
        endings.local_only,
        endings.used_in_a_thread,
        endings.used_in_a_thread_at_the_end,
        endings.closed_twice,
        endings.in_a_cycle,
        endings.asynchronous,
        endings.asynchronous_left_early,
        interruptions.interrupted,
        interruptions.commands_interrupted,
        endings.dropped,
        endings.used_at_once,
        forks.forks_while_idle,
        forks.forks,
        forks.forks_in_an_iteration,
        forks.forks_in_a_request,
        forks.forks_in_two_threads,
        forks.forks_at_first_use,
        forks.forks_while_decoding,
        forks.forks_in_a_step,
        forks.forks_while_a_step_waits,
    )
}
