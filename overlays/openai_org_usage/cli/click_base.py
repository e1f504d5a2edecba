"""How commands look: options in sections, `usage:` as argparse writes it, no paragraph too many."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict, TypeGuard, TypeVar, Unpack

import attrs
import click

from .._generated import InvalidParameterError
from ..errors import MissingExtraError
from .errors import WrongUsageError
from .typed_options import as_typed_error, note_typed, spoken_name

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from click.types import OptionHelpExtra

    from ..terminal.parsers import Parser

PROGRAM = "openai-org-usage"
HELP_OPTIONS = ["-h", "--help"]
COMPLETION_VARIABLE = "_OPENAI_ORG_USAGE_COMPLETE"
"""Set by the shell when it asks what a word could be completed to."""


def dashed(name: str) -> str:
    """`name` as it is written on a command line; underscores are accepted everywhere."""
    return name.replace("_", "-")


OptionsT = TypeVar("OptionsT", bound=attrs.AttrsInstance)


def options_from(kind: type[OptionsT], given: Mapping[str, object]) -> OptionsT:
    """Make a `kind` of the values in `given` that are named as its attributes."""
    names = [attribute.name for attribute in attrs.fields(kind) if attribute.init]
    return kind(**{name: given[name] for name in names if name in given})


_PARTS: Final = {"archive": ("arrow",)}
"""Extras that bring others with them."""

Complete: TypeAlias = "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]"
"""What a word may be completed to."""


class OptionSettings(TypedDict, total=False):
    """Click's settings of an option, as far as they are used here."""

    type: object
    default: object
    required: bool
    multiple: bool
    is_flag: bool
    flag_value: str
    metavar: str
    callback: Callable[..., object]


_LONGEST = 32_768
"""Characters of a value; addresses have at most about twice as many."""


def is_several(value: object) -> TypeGuard[Sequence[object]]:
    """Whether `value` is of an option that may be repeated."""
    return isinstance(value, tuple | list)


class Option(click.Option):
    """An option that stands in a section of its command's help."""

    def __init__(
        self,
        declarations: Sequence[str],
        *,
        section: str,
        help: str,
        values: Sequence[str] = (),
        extra: str | None = None,
        shell_complete: Complete | None = None,
        **settings: Unpack[OptionSettings],
    ) -> None:
        super().__init__(declarations, help=help, shell_complete=shell_complete, **settings)
        self.section = section
        self.values = tuple(map(str, self.type.choices)) if isinstance(self.type, click.Choice) else values
        """What it may be given, where that is known; of a list, what each of its items may be."""
        self.extra = extra
        """The extra that all of what it asks for needs."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """As click does, after refusing what cannot be part of a request; names of files may be anything."""
        is_path = isinstance(self.type, click.Path)
        for text in value if is_several(value) else [value]:
            if not isinstance(text, str):
                continue
            if "\0" in text:
                raise click.UsageError(f"{spoken_name(self)} has NUL in it", ctx)
            if len(text) > _LONGEST and not is_path:
                raise click.UsageError(f"{spoken_name(self)} has a value of {len(text):,} characters", ctx)
            try:  # On a command line, only the name of a file can be what is not in UTF-8.
                os.fsencode(text) if is_path else text.encode()
            except UnicodeEncodeError:
                problem = f"{spoken_name(self)} cannot be {text!r}, which is no text in UTF-8"
                raise click.UsageError(problem, ctx) from None
        return super().process_value(ctx, value)

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Nothing: defaults and limits are in the text."""
        return {}


class Command(click.Command):
    """A command whose options are shown by section, in the order in which they were declared.

    `run` is called with the command's context and, by name, what was given.
    """

    def __init__(
        self,
        name: str,
        *,
        arguments: Sequence[click.Argument] = (),
        options: Sequence[Option],
        run: Callable[..., int],
        help_text: str,
        closing: str = "",
        extra: str | None = None,
    ) -> None:
        super().__init__(
            name,
            params=[*arguments, *options],
            callback=click.pass_obj(run),
            help=help_text,
            epilog=closing,
            options_metavar="[OPTIONS]",
            context_settings={"max_content_width": 100, "help_option_names": HELP_OPTIONS},
        )
        self.extra = extra
        """The extra that all of it needs."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; errors know the command, and how its options were typed."""
        note_typed(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run it; what is wrong about its options is said of them as they were typed."""
        try:
            return super().invoke(ctx)
        except (WrongUsageError, InvalidParameterError) as error:
            raise as_typed_error(error, ctx) from error
        except MissingExtraError as error:
            extra = self._whole_extra(ctx)
            if extra is None or error.extra not in _PARTS.get(extra, ()):
                raise
            raise MissingExtraError.of(extra, purpose=ctx.command_path, library=error.name) from error

    def _whole_extra(self, ctx: click.Context) -> str | None:
        """The extra that makes all work that was asked for, so that it need not be installed in parts."""
        given = (each for each in self.params if isinstance(each, Option) and ctx.params.get(each.name or ""))
        return self.extra or next((each.extra for each in given if each.extra), None)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """In lower case, as `vendor` has it."""
        write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section after the other; those without one come last."""
        sections: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None and isinstance(option, click.Option):
                sections[option.section if isinstance(option, Option) else "Other"].append(record)
        for section, records in sections.items():
            with formatter.section(section):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Prose and examples, not indented."""
        if self.epilog:
            write_closing(self.epilog, formatter)


class ArgparseCommand(click.Command):
    """A command that reads its words by a parser of argparse; shells complete what that knows, and files."""

    def __init__(
        self, name: str, *, run: Callable[[Sequence[str]], int], make_parser: Callable[[], Parser]
    ) -> None:
        super().__init__(
            name,
            params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
            add_help_option=False,
            context_settings={"ignore_unknown_options": True},
        )
        self._run = run
        self._make_parser = make_parser

    def invoke(self, ctx: click.Context) -> int:
        """Run it with its words."""
        return self._run(ctx.params["words"])

    def get_help(self, ctx: click.Context) -> str:
        """The help of its parser."""
        return self._make_parser().format_help().rstrip()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The options, or files where none has begun."""
        from click.shell_completion import CompletionItem

        names = sorted(name for name in self._make_parser().option_names if name.startswith(incomplete))
        return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


def write_usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """The line that begins with `usage:`."""
    formatter.write_usage(ctx.command_path, " ".join(command.collect_usage_pieces(ctx)), prefix="usage: ")


def write_closing(text: str, formatter: click.HelpFormatter) -> None:
    """Write `text` after the options: indented lines as they are, to be copied, and all else wrapped."""
    formatter.write_paragraph()
    for line in text.rstrip().splitlines():
        is_prose = bool(line.strip()) and not line.startswith(" ")
        formatter.write((click.wrap_text(line, formatter.width) if is_prose else line) + "\n")
