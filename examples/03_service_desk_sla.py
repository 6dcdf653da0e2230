"""A service desk for one week: what is due next, what was breached and why, and what is owed.

python examples/03_service_desk_sla.py
"""

from __future__ import annotations

import engagekit as ek

NOW = "2026-03-05T15:00:00+01:00"  # a script says what time it is; engagekit never asks


def agreement() -> ek.SLA:
    """The promise, complete enough to be measured."""
    desk = ek.Calendar(
        zone="Europe/Paris",
        week={"mon-fri": ["08:00-12:00", "13:00-18:00"]},
        holidays=["2026-04-06", "05-01", "12-25"],
        special={"2026-12-24": ["08:00-12:00"]},
    )
    return ek.SLA(
        "first response",
        "response_time",
        calendar=desk,
        unit="working hours",
        priorities={"P1": "PT1H", "P2": "PT4H", "P3": "PT18H"},
        pause_on={"client", "vendor"},
        pause_cap="P10BD",
        window="P1M",
        source="ticket export, every night, counted by the provider",
        exclusions={"planned maintenance": "PT48H"},
        remedy=[("99", 5), ("95", 10)],
    )


# What the ticket system exported: priority, then (kind, instant, reason) in order.
TICKETS = {
    "T-1 login fails": ("P1", [("start", "2026-03-02T09:00:00+01:00", None),
                               ("stop", "2026-03-02T09:40:00+01:00", None)]),
    "T-2 report is empty": ("P2", [("start", "2026-03-04T16:30:00+01:00", None),
                                   ("pause", "2026-03-04T17:00:00+01:00", "client"),
                                   ("resume", "2026-03-05T10:00:00+01:00", "client")]),
    "T-3 slow search": ("P2", [("start", "2026-03-04T09:00:00+01:00", None)]),
    "T-4 new colour": ("P3", [("start", "2026-03-03T08:00:00+01:00", None),
                              ("pause", "2026-03-03T09:00:00+01:00", "vendor")]),
}  # fmt: skip


def main() -> None:
    """Print the week."""
    sla = agreement()

    # An ambiguous promise would stop the contract; this one has remarks only.
    errors = [finding for finding in ek.lint_sla(sla) if finding.severity == "error"]
    assert errors == [], errors

    readings = {
        name: sla.read(
            [ek.ClockEvent(kind, at, reason=reason) for kind, at, reason in rows],
            priority=priority,
            as_of=NOW,
            warn_before="PT1H",
        )
        for name, (priority, rows) in TICKETS.items()
    }
    for name, reading in readings.items():
        print(f"{name:22} {reading}")

    first = ek.next_due(readings)
    assert first is not None
    print(f"\nlook at {first[0]!r} first: due {first[1].in_timezone('Europe/Paris')}\n")
    print(readings["T-3 slow search"].explain())

    # The service itself: two outages that overlap count once, announced maintenance not at all.
    march = ("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00")
    measured = ek.availability(
        march,
        outages=[
            ("2026-03-10T10:00:00+01:00", "2026-03-10T13:00:00+01:00"),
            ("2026-03-10T12:00:00+01:00", "2026-03-10T18:00:00+01:00"),
        ],
        exclusions=[
            ("2026-03-14T20:00:00+01:00", "2026-03-14T22:00:00+01:00", "2026-03-11T09:00:00+01:00")
        ],
        notice="PT48H",
    )
    credit = ek.service_credit([("99", 5), ("95", 10)], measured)
    assert credit is not None
    print(f"\nMarch: {measured}; credit {credit} %, {ek.credit_amount(credit, '12000.00')} EUR")


if __name__ == "__main__":
    main()
