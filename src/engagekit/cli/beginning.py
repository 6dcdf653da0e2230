"""The command that begins an engagement, from its options or from a definition file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from engagekit.cli.calls import DEFAULT_STORE, Calls
from engagekit.cli.places import in_store, read_toml
from engagekit.cli.screen import note, show
from engagekit.cli.verb import At, By, Store, verb
from engagekit.engagement.aggregate import Engagement
from engagekit.engagement.definition import definition_from
from engagekit.errors import DefinitionError

__all__: list[str] = []


def _option(flag: str, metavar: str, told: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=told)


@verb(
    "new",
    'new "Churn model" --client Acme --service machine_learning --by ana',
    "new --file engagement.toml --by ana",
)
def new(
    *,
    by: By,
    title: Annotated[
        str | None, typer.Argument(metavar="TITLE", help="What the engagement is called.")
    ] = None,
    file: Annotated[
        Path | None, _option("--file", "FILE", "A TOML definition, instead of the options below.")
    ] = None,
    client: Annotated[str | None, _option("--client", "NAME", "Who it is for.")] = None,
    services: Annotated[
        list[str] | None, _option("--service", "SERVICE", "A service it delivers; repeat for more.")
    ] = None,
    delivery_model: Annotated[
        str | None,
        _option("--delivery-model", "MODEL", "on_premises, cloud_hosted or hybrid (the default)."),
    ] = None,
    engagement_type: Annotated[
        str | None,
        _option("--engagement-type", "TYPE", "staff_augmentation or outsourced (the default)."),
    ] = None,
    sector: Annotated[
        str | None,
        _option("--sector", "SECTOR", "private (the default), federal, state_local or nonprofit."),
    ] = None,
    jurisdiction: Annotated[
        str | None, _option("--jurisdiction", "PLACE", "US (the default), US-CA, ...")
    ] = None,
    criteria: Annotated[
        str | None, _option("--criteria", "SET", "baseline (the default) or measured.")
    ] = None,
    id: Annotated[str | None, _option("--id", "ID", "Made from the title where left out.")] = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Begin an engagement and print its id.

    The store is made where there is none.
    """
    given = {
        "title": title,
        "client": client,
        "services": services or None,
        "delivery_model": delivery_model,
        "engagement_type": engagement_type,
        "sector": sector,
        "jurisdiction": jurisdiction,
        "criteria": criteria,
        "id": id,
    }
    described = {key: value for key, value in given.items() if value is not None}
    begun = Engagement.start(**_arguments(described, file), by=by, at=at)
    with in_store(store, create=True) as opened:
        if begun.id in opened.ids():
            raise DefinitionError(
                f"there is an engagement {begun.id!r} in this store already; choose another",
                where="id",
            )
        opened.save(begun)
    show(begun.id)
    calls = Calls(begun.id, store)
    note(f"it is in {begun.phase}; what its gate asks for: {calls.call('check')}")


def _arguments(described: dict[str, Any], file: Path | None) -> dict[str, Any]:
    """What to start with: from the file or from the options, never from a mixture."""
    if file is None:
        return definition_from(described)
    if described:
        raise DefinitionError(
            f"{', '.join(described)} given beside --file; write it into {str(file)!r} instead"
        )
    return definition_from(read_toml(file), str(file))
