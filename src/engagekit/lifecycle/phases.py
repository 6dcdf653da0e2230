"""The phases of an engagement: six that are always there, two that services insert, your own."""

from __future__ import annotations

import re

import attrs

from engagekit import checks
from engagekit.errors import DefinitionError

__all__ = ["CANONICAL", "INFRASTRUCTURE_PROVISIONING", "MODEL_VALIDATION", "Phase"]

# A phase id becomes an attribute of the state machine, so it may be none of the names that
# python-statemachine reads there: its own members, our events, and its callbacks by convention.
_TAKEN = frozenset(
    [
        "closed",
        "cancelled",
        "advance",
        "hold",
        "resume",
        "rework",
        "cancel",
        "reopen",
        "activate_initial_state",
        "active_listeners",
        "add_listener",
        "allow_event_without_transition",
        "allowed_events",
        "atomic_configuration_update",
        "bind_events_to",
        "cancel_event",
        "catch_errors_as_events",
        "configuration",
        "configuration_values",
        "current_state",
        "current_state_value",
        "enable_self_transition_entries",
        "enabled_events",
        "events",
        "history_values",
        "id",
        "is_terminated",
        "model",
        "name",
        "prepare",
        "prepare_event",
        "send",
        "start_configuration_values",
        "state_field",
        "states",
        "states_map",
    ]
)
_CALLBACK = re.compile(
    r"(before|on|after)_(advance|hold|resume|cancel|transition|invoke)|on_(enter|exit)_.*"
)


def _phase_id(given: object) -> str:
    return checks.identifier(given, "phase id")


@attrs.frozen(kw_only=True)
class Phase:
    """One step of a plan. The name defaults to the id in words."""

    id: str = attrs.field(converter=_phase_id)
    name: str = ""

    def __attrs_post_init__(self) -> None:
        if self.id in _TAKEN or _CALLBACK.fullmatch(self.id):
            raise DefinitionError(
                f"{self.id!r} is a word of the lifecycle itself; name the phase otherwise",
                where="phase id",
            )
        if not self.name:
            object.__setattr__(self, "name", self.id.replace("_", " ").capitalize())
        checks.text(self.name, f"name of phase {self.id!r}", limit=checks.NAME_LIMIT)


CANONICAL = (
    Phase(id="requirements_definition", name="Requirements Definition"),
    Phase(id="scoping_proposal", name="Scoping and Proposal"),
    Phase(id="contracting", name="Contracting"),
    Phase(id="implementation", name="Implementation"),
    Phase(id="testing_qa", name="Testing and QA"),
    Phase(id="monitoring_handoff", name="Monitoring and Handoff"),
)
MODEL_VALIDATION = Phase(id="model_validation", name="Model Validation")
INFRASTRUCTURE_PROVISIONING = Phase(
    id="infrastructure_provisioning", name="Infrastructure Provisioning"
)
