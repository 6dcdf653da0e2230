"""What every command has: an example in its help, and an exit code for every way it can end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from engagekit.cli.calls import DEFAULT_STORE, Calls
from engagekit.cli.refusals import tell
from engagekit.errors import EngagekitError

__all__ = ["At", "By", "Id", "Json", "Store", "app", "verb"]

Id = Annotated[str, typer.Argument(metavar="ID", help="The engagement.")]
Store = Annotated[str, typer.Option("--store", metavar="URL", help="Where engagements are kept.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When it happened; now where left out."),
]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Which phase an engagement is in, whether it may pass the next gate, and exactly why.",
    epilog=(
        "Exit codes: 0 go, 1 crash or store out of order, 2 wrong call or input, 3 blocked or"
        " refused, 4 conditional, 5 insufficient evidence.\n\n"
        "Times are ISO 8601 with an offset: 2026-03-02T09:00:00+01:00.\n\n"
        "Example:\n\n\b\n  engagekit demo\n"
        '  engagekit new "Churn model" --client Acme --service machine_learning --by ana'
    ),
)

F = TypeVar("F", bound=Callable[..., None])


class Verb(TyperCommand):
    """A command that turns every error of the library into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run it.

        Raises:
            Exit: with the code that says how it ended.
        """
        try:
            return super().invoke(ctx)
        except EngagekitError as error:
            known = {name: ctx.params.get(name) or "" for name in ("id", "store")}
            calls = Calls(known["id"] or "ID", known["store"] or DEFAULT_STORE)
            raise typer.Exit(tell(error, calls)) from None


def verb(name: str, *examples: str) -> Callable[[F], F]:
    """Make a function the command `name`; its help ends with the examples."""
    shown = "\n".join(f"  engagekit {example}" for example in examples)
    title = "Example" if len(examples) == 1 else "Examples"
    return app.command(name, cls=Verb, epilog=f"{title}:\n\n\b\n{shown}")
