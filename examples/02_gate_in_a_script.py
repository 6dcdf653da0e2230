"""A gate in a pipeline: read the reports of this build, ask the gate, exit as it says.

    python examples/02_gate_in_a_script.py STORE ENGAGEMENT REPORT...

0: go. 3: blocked. 4: go, on conditions. 5: something has not been shown at all. A pipeline that
stops on anything but 0 is right in every case; one that allows 4, too, accepts waivers.
"""

from __future__ import annotations

import sys

import engagekit as ek

EXIT = {
    ek.Verdict.READY: 0,
    ek.Verdict.BLOCKED: 3,
    ek.Verdict.CONDITIONAL: 4,
    ek.Verdict.INSUFFICIENT_EVIDENCE: 5,
}


def gate(url: str, name: str, reports: list[str]) -> int:
    """Record the reports, say what the gate of testing says, and return the exit code."""
    # Reports are read before anything is opened: what is no report must not count as a clean one.
    evidence = [ek.read_evidence(path) for path in reports]

    # All of them are recorded or none; the actor is the pipeline, so no person loses the right to
    # sign the gate off.
    with ek.open_store(url, create=False) as store, store.edit(name) as e:
        for each in evidence:
            e.record(each, by="pipeline")
        report = e.check("testing_qa")

    # `str(report)` is for people; `report.to_dict()` is the same for programs.
    print(report)
    return EXIT[report.verdict]


def main(arguments: list[str]) -> int:
    """The exit code for these command-line arguments."""
    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    url, name, *reports = arguments
    try:
        return gate(url, name, reports)
    except ek.DefinitionError as wrong:  # an unknown engagement, an unreadable report
        print(f"error: {wrong}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
