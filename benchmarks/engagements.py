"""Commands, replay, memory and import of engagements, beside the peers."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from typing import Any

import engagekit as ek
from benchmarks.harness import Contender, Line, best

SERVICES = ["machine_learning", "serverless"]
PLAN = ek.PhasePlan.for_services(SERVICES)
FIRST_GATE = ("stakeholder_interviews", "technical_discovery", "constraint_mapping")
N = 200  # engagements or machines in one round


def lines() -> Iterator[Line]:
    """Every comparison of this module."""
    yield from commands()
    yield replay()
    yield memory()
    yield import_time()


def _engagements() -> list[ek.Engagement]:
    made = []
    for _ in range(N):
        e = ek.Engagement.start("Churn model", client="Acme", by="ana", services=SERVICES)
        e.check()
        for criterion in FIRST_GATE:
            e.attest(criterion, by="ana", source="wiki/42")
        made.append(e)
    return made


def _checked() -> list[ek.Engagement]:
    made = _engagements()
    for e in made:
        e.check()
    return made


def _advance(engagements: list[ek.Engagement]) -> int:
    for e in engagements:
        e.advance(by="ana")
    return N


def _send(machines: list[Any]) -> int:
    for machine in machines:
        machine.send("advance")
    return N


def _machines() -> list[Any]:
    made = [PLAN.machine() for _ in range(N)]
    for machine in made:  # past the first use, which fills its caches
        machine.send("hold")
        machine.send("resume")
    return made


def _transitions_machines() -> list[Any]:
    from transitions import Machine

    table = PLAN.table
    steps = [
        {"trigger": event, "source": state, "dest": target}
        for (state, event), target in table.next_state.items()
    ]
    return [
        Machine(
            states=list(table.states),
            transitions=steps,
            initial=PLAN.ids[0],
            auto_transitions=False,
        )
        for _ in range(20)
    ]


def _trigger(machines: list[Any]) -> int:
    for machine in machines:
        machine.advance()
    return len(machines)


def commands() -> Iterator[Line]:
    """`advance`, gate and append included, against a bare `send` on a live machine."""
    took = best(
        Contender("checked before", _checked, _advance),
        Contender("judged anew", _engagements, _advance),
        Contender("bare send", _machines, _send),
        Contender("transitions", _transitions_machines, _trigger),
    )
    detail = ", ".join(f"{name} {us:.1f} us" for name, us in took.items())
    send = took["bare send"]
    yield Line("command, gate checked before", took["checked before"] / send, 1.15, True, detail)
    yield Line("command, gate judged anew", took["judged anew"] / send, 1.15, True, detail)


def _history() -> tuple[ek.Event, ...]:
    """An engagement of about a thousand events: evidence and moves in the usual mixture."""
    e = ek.Engagement.start("Churn model", client="Acme", by="ana", services=SERVICES)
    while e.version < 1000:
        while e.status == "active":
            for row in e.check().open:
                e.attest(row.criterion.id, by="ana", source="wiki/42")
            e.advance(by="ana")
        e.reopen(at_phase="requirements_definition", reason="again", by="ana")
    return e.log


def _peer_repository(log: tuple[ek.Event, ...]) -> Any:
    """The same history kept by `eventsourcing`, in memory, behind its own API."""
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class PeerEngagement(Aggregate):
        """As the tutorial of eventsourcing writes one."""

        @event("Started")
        def __init__(self, title: str) -> None:
            self.title = title
            self.state = PLAN.ids[0]
            self.facts: dict[str, bool] = {}

        @event("Moved")
        def move(self, move: str, from_state: str, to_state: str) -> None:
            if self.state != from_state:
                raise ValueError(move)
            self.state = to_state

        @event("Attested")
        def attest(self, criterion: str, value: bool) -> None:
            self.facts[criterion] = value

    app = Application()
    peer = PeerEngagement("Churn model")
    for entry in log[1:]:
        if entry.kind == "moved.v1":
            peer.move(entry.move, entry.from_state, entry.to_state)
        else:
            (metric,) = entry.evidence.facts
            peer.attest(metric, True)
    app.save(peer)
    return app, peer.id


def replay() -> Line:
    """Events per second: `replay` with every move checked, against `repository.get`."""
    log = _history()
    app, peer_id = _peer_repository(log)

    def ours(events: tuple[ek.Event, ...]) -> int:
        for _ in range(20):
            ek.Engagement.replay(events)
        return 20 * len(events)

    def theirs(repository: Any) -> int:
        repository.get(peer_id)
        return len(log)

    took = best(
        Contender("ours", lambda: log, ours),
        Contender("eventsourcing", lambda: app.repository, theirs),
    )
    return Line(
        "replay of event objects, moves checked",
        took["eventsourcing"] / took["ours"],
        120,
        False,
        f"{took['ours']:.3f} us an event against {took['eventsourcing']:.1f} us",
    )


def _bytes_each(make: Any) -> float:
    make()  # caches filled before
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [make() for _ in range(N)]
    each = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    tracemalloc.stop()
    return each


def memory() -> Line:
    """Bytes of a loaded engagement beside its log, against a live machine that was used."""
    log = _history()[:30]

    def machine() -> Any:
        live = PLAN.machine()
        live.send("hold")
        return live

    ours, live = _bytes_each(lambda: ek.Engagement.replay(log)), _bytes_each(machine)
    return Line(
        "memory of a loaded engagement beside its log",
        live / (ours - 8 * len(log)),
        100,
        False,
        f"{ours - 8 * len(log):.0f} B and 8 B a reference to an event, against {live:.0f} B",
    )


def import_time() -> Line:
    """`import engagekit` against importing the three packages it stands on, fresh processes."""

    def run(code: str) -> int:
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
        return 1

    took = best(
        Contender("ours", lambda: "import engagekit", run),
        Contender("used", lambda: "import engagekit; engagekit.Engagement", run),
        Contender("base", lambda: "import attrs, statemachine, pendulum", run),
        rounds=9,
    )
    ours, used, base = (took[name] / 1000 for name in ("ours", "used", "base"))
    return Line(
        "import, against attrs + python-statemachine + pendulum",
        ours / base,
        1.15,
        True,
        f"{ours:.0f} ms against {base:.0f} ms; with the first use of Engagement {used:.0f} ms",
    )
