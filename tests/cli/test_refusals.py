"""What goes wrong is said in one line, with an exit code of its own; never a traceback or the key."""

from __future__ import annotations

import httpx
import pytest

from openai_org_usage.cli.exit_codes import EXIT_CODES, Exit
from openai_org_usage.emulator import Emulator
from openai_org_usage.vendoring.exit_codes import EXIT_CODES as OF_VENDOR

from ..conftest import DAY, MIDNIGHT
from ..scripted import Json, Script, error, page
from .conftest import Run


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("complitions", "there is no command 'complitions' (did you mean 'completions'?)"),
        ("usageAudioSpeeches", "(did you mean 'audio-speeches'?)"),
        ("frobnicate", "there is no command 'frobnicate'"),
        ("completions --modls x", "there is no option --modls (did you mean '--models'?)"),
        ("completions --by-project", "there is no option --by-project (did you mean '--group-by project'?)"),
        ("costs --by_model --last 1d", "there is no option --by-model (did you mean '--group-by model'?)"),
        ("costs --group-by-line-itm", "(did you mean '--group-by line_item'?)"),
        ("costs --config x", "--config goes before the command and its options"),
        ("--config-schem", "(did you mean '--config-schema'?)"),
        ("vendor --nope", "there is no option --nope (did you mean '--name'?)\n  openai-org-usage vendor"),
        ("vendor --generated_onyl x", "(did you mean '--generated-only'?)"),
        ("vendor", "missing: DEST"),
        ("vendor --name", "--name needs a value"),
        ("vendor copy --check --update", "--update does not go with --check"),
        ("emulator extra", "unexpected: extra"),
        ("sync", "missing: DIR"),
        ("completions --last 1d extra", "unexpected: extra"),
        ("completions --last 1d --emulator=no", "--emulator takes no value"),
        ("completions --last", "--last needs a value"),
        ("completions --last 1d --limit many", "--limit is a whole number, not 'many'"),
        ("completions --last 1d --limit 32", "limit is between 1 and 31 for buckets of 1d, not 32"),
        ("completions --last 1d --batch maybe", "error: --batch is true or false, not 'maybe'\n"),
        ("completions --last 1d --batch ''", "error: --batch is true or false, not ''\n"),
        ("shell-completion", "error: name the shell: bash, fish or zsh\n"),
        ("completions --last 1d --timeout 0", "--timeout is a number above 0, not 0"),
        (
            "completions --last 1d --bucket-width 1w",
            "--bucket-width cannot be '1w'; completions takes 1m, 1h, 1d",
        ),
        ("costs --last 1d --bucket-width 1h", "cannot be '1h'; costs come in buckets of 1d only"),
        ("completions --last 1d --models ''", "--models is empty"),
        ("images --last 1d --sizes 1024x1536", "images takes 256x256"),
        ("images --last 1d --extra-query sizes", "--extra-query takes NAME=VALUE, not 'sizes'"),
        ("images --last 1d --extra-query =1", "--extra-query takes NAME=VALUE, not '=1'"),
        ("images --last 1d --extra-query page=X", "--extra-query cannot have page"),
        ("images --last 1d --group-by size --extra-query group_by=x", "--extra-query cannot have group_by"),
    ],
)
def test_wrong_usage(line: str, complaint: str, command: Run) -> None:
    """Exit code 2; the nearest name is suggested."""
    said = command(line)
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def test_more_at_once_than_there_can_be(command: Run) -> None:
    """The client refuses it."""
    said = command(f"completions --last 1d --concurrency {'9' * 26}")
    assert (said.code, said.out) == (Exit.CONFIGURATION, "")
    assert "concurrency" in said.err


def test_a_group_that_the_endpoint_lacks(command: Run) -> None:
    """It says which it has."""
    said = command("vector-stores --last 1d --group-by model")
    assert said.code == 2
    assert said.err.splitlines() == [
        "error: --group-by cannot be 'model'; vector-stores takes project_id",
        "  openai-org-usage vector-stores --help",
    ]


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("", "there is no key in OPENAI_ADMIN_KEY: set OPENAI_ADMIN_KEY, or try --emulator"),
        ("sk-proj-canary", "is a project key"),
        ("sk-admin-can ary", "white space"),
    ],
)
def test_a_key_of_the_wrong_kind(
    key: str, complaint: str, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 20; the key is not shown."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
    said = command("costs --last 1d")
    assert (said.code, said.out) == (Exit.CONFIGURATION, "")
    assert complaint in said.err
    assert "ary" not in said.err.replace("necessary", "")


def test_a_range_over_the_year_that_is_kept(command: Run) -> None:
    """Exit code 22; of a month of which nothing is kept, there is no rest to ask for."""
    said = command("costs --month 2025-10 --group-by line_item --columns line_item --emulator")
    assert (said.code, said.out) == (Exit.TOO_LONG_AGO, "")
    assert "Earliest supported start date: 2025-11-20" in said.err
    assert len(said.err.splitlines()) == 1


def test_the_earliest_start_is_a_command_that_works(command: Run) -> None:
    """All else that was asked for is kept."""
    said = command("costs --start-time 2025-01-01 --group-by line_item --columns line_item --emulator")
    remedy = said.err.splitlines()[1].strip()
    assert remedy == (
        "openai-org-usage costs --start-time 2025-11-20 --group-by line_item --columns line_item --emulator"
    )
    assert command(remedy.removeprefix("openai-org-usage ")).code == 0


@pytest.mark.parametrize(
    ("answer", "code", "complaint"),
    [
        (error(400, "No such thing."), Exit.REFUSED, "status 400: No such thing."),
        (error(401, "Incorrect API key provided", code="invalid_api_key"), Exit.NOT_PERMITTED, "admin key"),
        (error(403, "Missing scopes: api.usage.read"), Exit.NOT_PERMITTED, "api.usage.read"),
        (error(429, "Slow down"), Exit.THROTTLED, "status 429: Slow down"),
        (error(429, "No money", code="insufficient_quota"), Exit.THROTTLED, "No money"),
        (error(500, "Oops"), Exit.NO_ANSWER, "status 500: Oops"),
        (error(302, ""), Exit.REFUSED, "redirect"),
        (page() | {"object": "book"}, Exit.BAD_ANSWER, "$.object"),
        (page(cursor="x") | {"next_page": None}, Exit.BAD_ANSWER, "next_page is None"),
    ],
)
def test_what_the_api_says(answer: Json | httpx.Response, code: Exit, complaint: str, command: Run) -> None:
    """Each kind of failure has its exit code."""
    said = command("costs --last 1d --max-retries 0", transport=Script([answer]))
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("error: costs: ")
    assert complaint in said.err
    assert len(said.err.splitlines()) == 1


def test_nobody_answers(command: Run) -> None:
    """Exit code 25."""
    said = command("costs --last 1d --max-retries 0 --base-url http://127.0.0.1:9/v1")
    assert (said.code, said.out) == (Exit.NO_ANSWER, "")
    assert "no answer from http://127.0.0.1:9/v1" in said.err


def test_a_retry_is_told_of(command: Run) -> None:
    """With --verbose, as each page is; both with the request id."""
    said = command("costs --last 1d -v", transport=Script([error(500, "Oops"), page()]))
    assert said.code == 0
    retry, came, note = said.err.splitlines()
    assert retry.startswith("retry: attempt 1 failed, trying again in ")
    assert retry.endswith("costs: status 500: Oops (request id req_1)")
    assert came.startswith("page 1 of costs: 0 buckets")
    assert "2 attempts" in came
    assert note.startswith("note: nothing in this range")


def test_on_a_terminal_words_stay_whole(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere an error is one line; commands to be copied always are."""
    line = "costs --start-time 2025-01-01 --group-by line_item --columns line_item --emulator"
    piped = command(line).err.splitlines()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shown = command(line).err.splitlines()
    assert len(piped) == 2
    assert max(map(len, shown[:-1])) <= 80
    assert " ".join(shown[:-1]) == piped[0]
    assert shown[-1] == piped[1]


def test_debug_shows_where(command: Run, emulator: Emulator) -> None:
    """The traceback comes before the line, and without the key."""
    said = command("costs --last 1d --base-url http://127.0.0.1:9/v1 --max-retries 0 --debug")
    assert "Traceback (most recent call last):" in said.err
    assert said.err.splitlines()[-1].startswith("error: costs: no answer")
    assert emulator.admin_key not in said.err


def test_a_bug_is_one_line_too(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the kind of error, and how to see more."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("some\nbug")

    monkeypatch.setattr("openai_org_usage.client.UsageClient.query", broken)
    said = command("costs --last 1d")
    assert (said.code, said.err) == (1, "error: ZeroDivisionError: some bug (--debug shows where)\n")


def novel_page(*names: str, at: int = MIDNIGHT) -> Json:
    """A page with a bucket, of today unless `at` another time, that has members of these names."""
    members = dict.fromkeys(names, 1)
    return page({"object": "bucket", "start_time": at, "end_time": at + DAY, "results": [], **members})


@pytest.mark.parametrize(
    ("names", "count"),
    [(("novel_a",), "1 field is new to this version (novel_a)"),
     (("novel_b", "novel_c"), "2 fields are new to this version (novel_b, …)")],
)  # fmt: skip
def test_unknown_fields_are_a_note(names: tuple[str, ...], count: str, command: Run) -> None:
    """In one short line, once; it speaks of columns and options, not of the library's."""
    said = command("costs --last 1d", transport=Script([novel_page(*names)]))
    again = command("costs --last 1d", transport=Script([novel_page(*names)]))
    note = f"note: costs: {count}; see the column additional_properties, or --raw\n"
    nothing = "note: nothing in this range, so there are no rows\n"
    assert (said.code, said.err) == (0, note + nothing)
    assert again.err == nothing


@pytest.mark.parametrize(
    "line",
    ["costs --last 1d --quiet", "costs --last 1d --raw", "budget --limit 5", "report --no-names"],
)
def test_where_no_rows_are_shown_nobody_asks_for_new_fields(line: str, command: Run) -> None:
    """Nor where all is shown, or nothing is to be said. A budget misses the days that do not come."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=novel_page(f"n{len(line)}", at=int(request.url.params["start_time"])))

    said = command(line, transport=httpx.MockTransport(answer))
    assert (said.code, "new to this version" in said.err) == (32 if "budget" in line else 0, False)


def test_every_exit_code_has_one_meaning(command: Run) -> None:
    """Those of `vendor` are kept, and --exit-codes shows all."""
    assert {code for code in OF_VENDOR if code > 2}.isdisjoint(Exit)
    assert set(EXIT_CODES) == {*OF_VENDOR, *Exit}
    shown = command("--exit-codes").out.splitlines()
    assert [int(line.split()[0]) for line in shown] == sorted(EXIT_CODES)
