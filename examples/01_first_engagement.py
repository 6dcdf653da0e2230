"""A first engagement: begin it, be refused, show what is missing, move on, look back.

Run it with `python examples/01_first_engagement.py`; it leaves `first.db` in the current folder,
and running it again goes on from a new engagement in the same file.
"""

from __future__ import annotations

import engagekit as ek


def main() -> None:
    """Begin an engagement and take it through its first gate."""
    # Nothing happens without someone who does it: `by` is asked for everywhere. The services decide
    # which phases there are; machine learning brings Model Validation.
    e = ek.Engagement.start("Churn model", client="Acme", by="ana", services=["machine_learning"])
    print(" > ".join(e.plan.ids))

    # A gate stands behind every phase. It is asked without risk...
    report = e.check()
    print(f"{report.phase}: {report.verdict.words}, {len(report.open)} criteria open")

    # ... and it refuses with everything one needs to know: what was seen of each criterion, what is
    # required, and the call that closes it.
    e.attest("technical_discovery", False, by="ben")
    try:
        e.advance(by="ana")
    except ek.GateClosed as closed:
        print(closed)

    # So let us make those calls. A waiver is a way, too, but every waiver ends.
    e.attest("stakeholder_interviews", by="ana", source="wiki/interviews")
    e.attest("technical_discovery", by="ben", source="wiki/discovery")
    e.waive(
        "constraint_mapping",
        reason="the client's architect is on leave",
        until="2999-01-01T00:00:00+00:00",
        by="ana",
    )
    print(f"now: {e.check().verdict.words}")

    # Who supplied evidence cannot approve it; ask someone else.
    try:
        e.sign_off(by="ben")
    except ek.SelfApproval as refused:
        print(refused)
    e.sign_off(by="cho")
    e.advance(by="ana")
    print(f"in {e.phase}")

    # The log is all there is; a store keeps it. What follows from it is derived whenever one asks,
    # for now or for any moment before.
    with ek.open_store("sqlite:///first.db") as store:
        store.save(e)
        again = store.load(e.id)
    print(f"{len(again.log)} events kept; when it began it was in {again.as_of(e.log[0].at).phase}")


if __name__ == "__main__":
    main()
