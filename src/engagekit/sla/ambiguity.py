"""Can this promise be measured at all: the rules, each with where it comes from.

Eight parts must be there, or nothing can be measured: metric, unit, target, window, calendar,
measurement source, exclusions and remedy. Whatever else is written is checked as written. Where an
agreement is silent and the library has a reading of its own, that reading applies; where it has
none, the silence is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engagekit.business_time.findings import Finding, Severity
from engagekit.errors import DefinitionError
from engagekit.sla import ambiguity_metric, ambiguity_terms
from engagekit.sla.agreement import SLA
from engagekit.sla.remark import Remark

__all__ = ["RULES", "lint_sla"]

_NIST = "NIST SP 500-307 (concrete metric: expression, unit, rules)"
_ITIL = "ITIL 4 Foundation, p. 203"
_SRE = "Site Reliability Workbook, appendix A"
_OPENSLO = "OpenSLO v1"
_PRACTICAL = "Practical Service Level Management, ch. 2"
_DISPUTES = "standarity.com, SLAs that hold up"
_ISO = "ISO/IEC 20000-1, service level management"

RULES: dict[str, tuple[str, str]] = {
    "M01": ("metric has name, expression, unit, scale; the unit fits the threshold", _NIST),
    "M02": ("every parameter and rule is bound to a value", _NIST),
    "M03": ("the service and its boundary are named", f"{_ITIL}; {_DISPUTES}"),
    "M04": ("a ratio defines good and valid", f"{_OPENSLO}; {_SRE}"),
    "M05": ("comparison and tie rule are written", f"{_OPENSLO}, op"),
    "M06": ("a ratio target lies strictly between 0 and 1", f"{_OPENSLO}, [0,1)"),
    "M07": ("the window is rolling or calendar, the latter with start and zone", _OPENSLO),
    "M08": ("months, quarters and years are not fixed seconds", f"{_OPENSLO}; case AV-02"),
    "M09": ("a day is a nominal day, 24 hours or a business day", "zendesk/biz README; SLA-08"),
    "C01": ("business and working time name a calendar", _DISPUTES),
    "C02": ("the zone is IANA", "ServiceNow, time zones in SLAs; grafana oncall#3261"),
    "C03": ("whose zone counts", "ServiceNow c_TimeZonesInSLAs; SLA-20"),
    "C04": ("no hours to 23:59 or of no length", "zammad/zammad#3180; chatwoot/chatwoot#5254"),
    "C05": ("the holidays are a known set", "zammad/zammad#390; workalendar, Juneteenth"),
    "C06": ("the calendar opens and the target can be reached", "osTicket/osTicket#4807"),
    "K01": ("exactly one start", f"dbt_zendesk DECISIONLOG; {_DISPUTES}"),
    "K02": ("the stop is named", f"{_DISPUTES}; frappe/helpdesk#1542"),
    "K03": ("start, stop and pause are disjoint", "Appfire, Time to SLA"),
    "K04": ("pause reasons are listed, each with its end; a cap", "frappe/helpdesk#3776"),
    "K05": ("what a changed target means is stated", "glpi-project/glpi#1911"),
    "K06": ("what reopening means is stated", "glpi-project/glpi#9267; SLA-17"),
    "K07": ("what late events mean is stated", "ServiceNow KB0522964"),
    "K08": ("every priority has a target, in order", "frappe/helpdesk, validators"),
    "K09": ("no target is null, never 0", "DefectDojo/django-DefectDojo#10657"),
    "K10": ("cancelled and merged cases count or do not", "ServiceNow, cancel condition"),
    "A01": ("down is defined", f"{_DISPUTES}; AWS EC2, Region Unavailable"),
    "A02": ("exclusions are listed, with notice", f"{_DISPUTES}; slok/sloth#529"),
    "A03": ("overlaps count once, in stated hours", "uptime-monitor#287; oneuptime#1599"),
    "A04": ("source, sampling, aggregation, who measures", f"{_PRACTICAL}; {_ISO}"),
    "A05": ("what no data means, and the least sample", f"{_OPENSLO}; slo-generator"),
    "A06": ("a percentile names its method", "case AV-03: p95 of 1..20 is 19 or 19.05"),
    "A07": ("an average of ratios is weighted, or not", "slok/sloth#332"),
    "A08": ("burn thresholds fit the window", "elastic/kibana#170830"),
    "R01": ("compared before rounding", "dbt_zendesk#217; slo-generator"),
    "R02": ("credits have contiguous tiers, a base, a cap", "AWS SLAs; case AV-04"),
    "R03": ("exceptions and workload limits are stated", _ISO),
    "R04": ("review date, owner, version, effective-from", _ISO),
    "W01": ("no words that nobody can measure", f"{_DISPUTES}; AWS SLAs"),
    "W02": ("one objective is tied to an outcome", _ITIL),
}
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_CHECKS: tuple[Callable[[SLA], Iterable[Remark]], ...] = (
    *ambiguity_metric.CHECKS,
    *ambiguity_terms.CHECKS,
)


def lint_sla(sla: SLA) -> list[Finding]:
    """What keeps a promise from being measured, worst first; an error blocks the contract.

    Raises:
        DefinitionError: it is no SLA.
    """
    if not isinstance(sla, SLA):
        raise DefinitionError(f"expected an SLA, got {type(sla).__name__}", where="sla")
    return sorted(_found(sla), key=lambda finding: (_ORDER[finding.severity], finding.rule))


def _found(sla: SLA) -> Iterator[Finding]:
    for check in _CHECKS:
        for rule, severity, field, message in check(sla):
            yield Finding(
                rule=rule,
                severity=severity,
                message=message,
                source=RULES[rule][1],
                where=f"{sla.name}.{field}",
            )
