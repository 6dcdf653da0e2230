"""Reading OpenSLO v1: what becomes of each field, and every fault with its line."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

import engagekit.interop.openslo_yaml as yaml_file
from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError, MissingExtra
from engagekit.interop import read_openslo

Small = Callable[..., str]
FaultsOf = Callable[[str | bytes], list[str]]

GOOD = "good: {metricSource: {type: Prometheus, spec: {query: ok}}}"
TOTAL = "total: {metricSource: {type: Prometheus, spec: {query: all}}}"
RATIO = f"ratioMetric:\n        {GOOD}\n        {TOTAL}"
INLINE = f"indicator:\n    metadata:\n      name: good-orders\n    spec:\n      {RATIO}"
WINDOW = "- duration: 28d\n      isRolling: true"
HEAD = "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: checkout\nspec:"
SLI = f"""\
apiVersion: openslo/v1
kind: SLI
metadata: {{name: good-orders}}
spec:
  {RATIO.replace("        ", "    ")}
---
"""
OTHERS = """\
- apiVersion: openslo/v1
  kind: Service
  metadata: {name: shop}
  spec:
- apiVersion: openslo/v1
  kind: DataSource
  metadata: {name: metrics}
  spec: {type: Prometheus, description: Ours., connectionDetails: {url: "http://x", port: 9090}}
- apiVersion: openslo/v1
  kind: AlertPolicy
  metadata: {name: page, labels: {team: [a, b], tier: one}}
  spec:
    alertWhenBreaching: true
    conditions:
      - kind: AlertCondition
        metadata: {name: fast}
        spec:
          severity: page
          condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 0m}
    notificationTargets:
      - targetRef: OnCall
- apiVersion: openslo/v1
  kind: AlertCondition
  metadata: {name: slow}
  spec: {severity: ticket, condition: {threshold: 2, lookbackWindow: 6h, alertAfter: 30m}}
- apiVersion: openslo/v1
  kind: AlertNotificationTarget
  metadata: {name: OnCall}
  spec: {target: email}
"""


def test_a_small_slo_becomes_one_sla(small: Small) -> None:
    """Target, window, counts, source and method stand in the fields where an SLA has them."""
    [sla] = read_openslo(small())
    assert (sla.name, sla.metric, sla.service) == ("checkout", "good-orders", "shop")
    assert (sla.target, sla.unit, sla.measures) == ("0.999", "ratio", "ratio")
    assert (sla.good, sla.valid, sla.source) == ("ok", "all", "Prometheus")
    assert (sla.window, sla.aggregation) == ("rolling P28D", "Occurrences")
    assert sla.calendar is None  # a rolling window names no zone


def test_percent_target_keeps_its_unit(small: Small) -> None:
    """A targetPercent of 99.95 is 99.95 %, not a float near 0.9995."""
    [sla] = read_openslo(small("target: 0.999", "targetPercent: 99.95"))
    assert (sla.target, sla.unit, sla.share() * 10_000) == ("99.95", "%", 9995)


@pytest.mark.parametrize(
    ("indicator", "good", "valid", "expression"),
    [
        (f"ratioMetric: {{{GOOD}, {TOTAL}}}", "ok", "all", None),
        (f"ratioMetric: {{{GOOD.replace('good', 'bad')}, {TOTAL}}}", "not (ok)", "all", None),
        ("ratioMetric: {rawType: success, raw: {metricSource: {spec: {query: r}}}}", None, None,
         "r"),
        ("ratioMetric: {rawType: failure, raw: {metricSource: {spec: {query: r}}}}", None, None,
         "1 - (r)"),
        ("ratioMetric: {rawType: success, raw: {metricSource: {spec: {a: 1, b: 0.5}}}}", None, None,
         '{"a": 1, "b": "0.5"}'),
    ],
)  # fmt: skip
def test_each_form_of_ratio(
    small: Small, indicator: str, good: str | None, valid: str | None, expression: str | None
) -> None:
    """Good and total, bad and total, and stored ratios of success or failure."""
    [sla] = read_openslo(small(RATIO, indicator))
    assert (sla.good, sla.valid, sla.expression) == (good, valid, expression)


@pytest.mark.parametrize(
    ("one", "other", "source"),
    [
        ("type: P", "type: P", "P"),
        ("metricSourceRef: m", "metricSourceRef: m", {"metricSourceRef": "m"}),
        ("type: P, metricSourceRef: m", "type: P, metricSourceRef: m",
         {"type": "P", "metricSourceRef": "m"}),
        ("type: P, metricSourceRef: m", "spec: {a: 1}",
         {"good": "P m", "total": "unstated"}),
    ],
)  # fmt: skip
def test_where_it_is_measured(small: Small, one: str, other: str, source: object) -> None:
    """A source is its type, its reference, both, or one for each query."""
    other = other if other.startswith("spec") else f"{other}, spec: {{query: q}}"
    good = f"good: {{metricSource: {{{one}, spec: {{query: q}}}}}}"
    [sla] = read_openslo(small(GOOD, good, TOTAL, f"total: {{metricSource: {{{other}}}}}"))
    assert sla.source == source


def test_threshold_metric_is_a_share_of_values(small: Small) -> None:
    """A value compared with a threshold is good; the target is the share of good values."""
    metric = "thresholdMetric: {metricSource: {spec: {query: latency}}}"
    [sla] = read_openslo(
        small(RATIO, metric, "- target", "- op: lt\n      value: 5e2\n      target")
    )
    assert (sla.good, sla.valid, sla.source) == ("value lt 500", "latency", None)


def test_calendar_window_keeps_its_zone(small: Small) -> None:
    """A month is a month of the zone's calendar, and a quarter is three of them."""
    calendar = "calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Paris}"
    file = read_openslo(small(WINDOW, f"- duration: 1Q\n      {calendar}"))
    assert (file[0].window, file[0].calendar) == ("calendar P3M", Calendar.always("Europe/Paris"))
    assert file[0].judged_over().span.months == 3
    assert not file.findings


@pytest.mark.parametrize(
    ("method", "slices", "aggregation"),
    [
        ("Timeslices", "timeSliceTarget: 0.95\n      timeSliceWindow: 5m",
         "Timeslices of 5m, each at least 0.95 good"),
        ("Timeslices", "timeSliceTarget: 1\n      timeSliceWindow: 5",
         "Timeslices of 5m, each at least 1 good"),
        ("RatioTimeslices", "timeSliceWindow: 1h", "RatioTimeslices of 1h"),
    ],
)  # fmt: skip
def test_budgeting_methods_are_kept(
    small: Small, method: str, slices: str, aggregation: str
) -> None:
    """Time slices stay time slices, and a bare number is minutes."""
    text = small("Occurrences", method, "target: 0.999", f"target: 0.999\n      {slices}")
    file = read_openslo(text)
    assert file[0].aggregation == aggregation
    assert file.objectives[0].budgeting == method
    assert aggregation.startswith(f"{method} of {file.objectives[0].slice_window}")


def test_several_objectives_become_several_slas(small: Small) -> None:
    """Each is named after its objective where these differ, else by its number."""
    named = "- {displayName: Inside, target: 0.999}\n    - {displayName: Contract, target: 0.99}"
    assert [sla.name for sla in read_openslo(small("- target: 0.999", named))] == [
        "checkout: Inside",
        "checkout: Contract",
    ]
    bare = "- {target: 0.999}\n    - {target: 0.99}"
    assert [sla.name for sla in read_openslo(small("- target: 0.999", bare))] == [
        "checkout: objective 1",
        "checkout: objective 2",
    ]


def test_composite_objectives_have_indicators_of_their_own(small: Small) -> None:
    """An objective may bring or name its indicator; each becomes an SLA with its own metric."""
    objectives = (
        "- {target: 0.9, compositeWeight: 2, indicatorRef: good-orders}\n"
        "    - {target: 0.8, indicator: {metadata: {name: raw}, spec: {ratioMetric:"
        " {rawType: success, raw: {metricSource: {spec: {query: r}}}}}}}"
    )
    text = SLI + small(INLINE, "description: Two.", "- target: 0.999", objectives)
    assert [sla.metric for sla in read_openslo(text)] == ["good-orders", "raw"]


def test_an_sli_is_found_by_name(small: Small) -> None:
    """An indicatorRef is looked up among the SLIs of the file."""
    [sla] = read_openslo(SLI + small(INLINE, "indicatorRef: good-orders"))
    assert (sla.metric, sla.good) == ("good-orders", "ok")


def test_what_no_sla_says_is_kept(small: Small) -> None:
    """Every object stays in the result as it stands, and a finding says so."""
    policies = "alertPolicies: [{alertPolicyRef: page}]\n  budgetingMethod: Occurrences"
    text = small(
        "name: checkout", "name: checkout\n  annotations: {x.example/y: z}\n  labels: {a: b}",
        "budgetingMethod: Occurrences", policies,
    )  # fmt: skip
    file = read_openslo(f"{OTHERS}---\n{SLI}{text}---\n")
    kinds = [each.kind for each in file.objects]
    assert kinds == [
        "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget",
        "SLI", "SLO",
    ]  # fmt: skip
    assert file.data_sources[0].data["spec"]["connectionDetails"] == {
        "url": "http://x",
        "port": 9090,
    }
    assert (file.services[0].name, file.alert_policies[0].line) == ("shop", 9)
    condition = file.alert_policies[0].data["spec"]["conditions"][0]["spec"]["condition"]
    assert condition["threshold"] == Decimal("14.4")
    assert [each.name for each in file.slis] == ["good-orders"]
    assert file.slos[0].data["spec"]["alertPolicies"] == [{"alertPolicyRef": "page"}]
    assert [finding.rule for finding in file.findings] == ["O01"] * 6 + ["O02"]
    assert "labels, annotations, alertPolicies" in file.findings[-1].message


def test_an_inline_alert_policy_is_checked(small: Small, faults: FaultsOf) -> None:
    """A policy inside an SLO is read by the rules of its kind, faults and all."""
    policy = (
        "alertPolicies: [{kind: AlertPolicy, metadata: {name: p}, spec: {conditions:"
        " [{conditionRef: c}], notificationTargets: [{kind: AlertNotificationTarget,"
        " metadata: {name: n}, spec: {target: mail}}]}}]\n  budgetingMethod: Occurrences"
    )
    assert len(read_openslo(small("budgetingMethod: Occurrences", policy))) == 1
    bad = policy.replace("{target: mail}", "{tarjet: mail}").replace("metadata: {name: p}, ", "")
    found = faults(small("budgetingMethod: Occurrences", bad))
    assert len(found) == 3
    assert "alertPolicies[0].metadata: is missing" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"),
    [
        ("target: 0.999", "target: 0.999\n      op: gt", "O03", "op"),
        ("target: 0.999", "target: 0.999\n      timeSliceTarget: 1", "O03", "Occurrences has none"),
        ("target: 0.999", "target: 0.999\n      timeSliceWindow: 1m", "O03", "timeSliceWindow"),
        ("duration: 28d", "duration: 1m", "O04", "a month is written '1M'"),
        (WINDOW, "- {duration: 1M, calendar: {startTime: 2026-01-15 00:00:00, timeZone: UTC}}",
         "O05", "day 15"),
        (WINDOW, "- {duration: 1w, calendar: {startTime: 2026-01-05 12:00:00, timeZone: UTC}}",
         "O05", "12:00:00"),
        ("spec:\n  service", "spec:\n  description: Orders.\n  service", "O02", "description"),
    ],
)  # fmt: skip
def test_findings(small: Small, old: str, new: str, rule: str, words: str) -> None:
    """What is allowed and probably meant otherwise is pointed out, with its line."""
    [finding] = read_openslo(small(old, new)).findings
    assert finding.rule == rule
    assert words in f"{finding.where} {finding.message}"
    assert "OpenSLO, line " in finding.where


@pytest.mark.parametrize("window", [None, "[]", "\n    - {duration: 8h, isRolling: true}",
    "\n    - {duration: 8h, calendar: {startTime: 2026-01-05 12:00:00,"  # noqa: ISC003
    + " timeZone: UTC}}"])  # fmt: skip
def test_windows_without_remarks(small: Small, window: str | None) -> None:
    """No window is no window; hours are hours whenever they begin."""
    file = read_openslo(small(f"\n    {WINDOW}", " " + (window or "")))
    assert not file.findings
    assert (file[0].window is None) == (window in (None, "[]"))


# -- faults ----------------------------------------------------------------------------------------

FAULTS = {
    "line 1: apiVersion: 'openslo/v1alpha' cannot be read": ("openslo/v1", "openslo/v1alpha"),
    "line 1: apiVersion: is missing": ("apiVersion: openslo/v1\n", ""),
    "line 1: kind: is missing": ("kind: SLO\n", ""),
    "line 1: metadata: is missing": ("metadata:\n  name: checkout\n", ""),
    "line 4: metadata.name: 'a b' is no name": ("name: checkout", "name: a b"),
    "line 3: metadata.name: is missing": ("name: checkout", "displayName: Checkout"),
    "line 5: metadata.labels.a b: a label is": (
        "name: checkout", "name: checkout\n  labels: {a b: c}"),
    "line 5: metadata.annotations.a: expected a text, got a number; quote it": (
        "name: checkout", "name: checkout\n  annotations: {a: 1}"),
    "line 5: metadata.annotations./a: an annotation is named": (
        "name: checkout", "name: checkout\n  annotations: {/a: b}"),
    "line 5: spec: expected fields, got a text": ("spec:\n  service", "spec: none\nx:\n  service"),
    "line 6: spec.service: must not be empty": ("service: shop", "service: ' '"),
    "line 6: spec.service: expected a text, got fields": ("service: shop", "service: {a: b}"),
    "line 5: spec.service: is missing": ("service: shop\n  ", ""),
    "line 6: spec.servce: unknown field; did you mean 'service'?": ("service", "servce"),
    "line 5: spec.indicator: is missing; give": (INLINE + "\n  ", ""),
    "line 7: spec.indicatorRef: no SLI 'x' in this file; there are: none": (
        INLINE, "indicatorRef: x"),
    "indicatorRef: give indicator or indicatorRef, not both": (
        "timeWindow", "indicatorRef: x\n  timeWindow"),
    "line 10: spec.indicator.spec.ratioMetric: give either": (RATIO, "description: None."),
    "line 11: spec.indicator.spec.ratioMetric: give good and total": (f"{GOOD}\n        ", ""),
    "line 11: spec.indicator.spec.ratioMetric.rawType: is missing": (
        RATIO, "ratioMetric: {raw: {metricSource: {spec: {query: r}}}}"),
    "line 12: spec.indicator.spec.ratioMetric.good.metricSource: is missing": (GOOD, "good: {}"),
    "line 12: spec.indicator.spec.ratioMetric.good.metricSource.spec: is missing": (
        GOOD, "good: {metricSource: {type: P}}"),
    "line 12: spec.indicator.spec.ratioMetric.good.metricSource.spec: is empty": (
        GOOD, "good: {metricSource: {spec: {}}}"),
    "thresholdMetric.metricSource: is missing": (RATIO, "thresholdMetric: {}"),
    "line 14: spec.timeWindow: expected a list": (f"\n    {WINDOW}", " 28d"),
    "line 14: spec.timeWindow: 2 windows": (WINDOW, f"{WINDOW}\n    {WINDOW}"),
    "line 15: spec.timeWindow[0].duration: '28 days' is no duration": ("28d", "28 days"),
    "line 15: spec.timeWindow[0].duration: '0d' is no duration": ("28d", "0d"),
    "line 15: spec.timeWindow[0].duration: longer than 100 years": ("28d", "101Y"),
    "line 15: spec.timeWindow[0].duration: expected a text, got a number": ("28d", "28"),
    "line 15: spec.timeWindow[0].duration: is missing": (WINDOW, "- isRolling: true"),
    "line 16: spec.timeWindow[0].isRolling: expected true or false, got a text": ("true", "yes"),
    "line 15: spec.timeWindow[0].calendar: is missing; give startTime": ("true", "false"),
    "line 15: spec.timeWindow[0].calendar: a rolling window has no": (
        WINDOW,
        "- {duration: 1M, isRolling: true,"  # noqa: ISC003
        + " calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}}",
    ),
    "calendar.startTime: '2026-01-01' is no date and time": (
        WINDOW, "- {duration: 1M, calendar: {startTime: 2026-01-01, timeZone: UTC}}"),
    "calendar.timeZone: 'EST' is an abbreviation": (
        WINDOW, "- {duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: EST}}"),
    "calendar.timeZone: is missing": (
        WINDOW, "- {duration: 1M, calendar: {startTime: 2026-01-01 00:00:00}}"),
    "line 17: spec.budgetingMethod: 'Occurences' is unknown; did you mean 'Occurrences'": (
        "Occurrences", "Occurences"),
    "line 5: spec.budgetingMethod: is missing": ("budgetingMethod: Occurrences\n  ", ""),
    "line 18: spec.objectives: is empty": ("objectives:\n    - target: 0.999", "objectives: []"),
    "line 5: spec.objectives: is missing": ("  objectives:\n    - target: 0.999\n", ""),
    "line 19: spec.objectives[0]: expected fields, got a number": ("- target: 0.999", "- 0.999"),
    "line 19: spec.objectives[0].target: must be at least 0 and below 1, got 1": ("0.999", "1"),
    "line 19: spec.objectives[0].target: must be at least 0 and below 1, got -0.1": (
        "0.999", "-0.1"),
    "line 19: spec.objectives[0].targetPercent: must be at least 0 and below 100, got 100": (
        "target: 0.999", "targetPercent: 100"),
    "line 19: spec.objectives[0].target: expected a number, got a text": ("0.999", "'0.999'"),
    "line 19: spec.objectives[0].target: expected a number, got true or false": ("0.999", "true"),
    "line 19: spec.objectives[0].target: give either": ("target: 0.999", "displayName: x"),
    "spec.objectives[0].target: give either": ("0.999", "0.999\n      targetPercent: 99.9"),
    "spec.objectives[0].op: 'is' is unknown": ("0.999", "0.999\n      op: is"),
    "spec.objectives[0].compositeWeight: must be above 0": (
        "0.999", "0.999\n      compositeWeight: 0"),
    "spec.objectives[0].timeSliceTarget: is missing": ("Occurrences", "Timeslices"),
    "spec.objectives[0].timeSliceWindow: is missing": ("Occurrences", "RatioTimeslices"),
    "timeSliceTarget: must be above 0 and at most 1, got 0": (
        "0.999", "0.999\n      timeSliceTarget: 0"),
    "timeSliceWindow: must be above 0, got 0": ("0.999", "0.999\n      timeSliceWindow: 0"),
    "timeSliceWindow: 'x' is no duration": ("0.999", "0.999\n      timeSliceWindow: x"),
    "line 5: metadata.annotations.engagekit/pause: unknown field of an SLA": (
        "name: checkout", "name: checkout\n  annotations: {engagekit/pause: '{}'}"),
    "line 5: metadata.annotations.engagekit/op: cannot be read back": (
        "name: checkout", "name: checkout\n  annotations: {engagekit/op: within}"),
}  # fmt: skip


@pytest.mark.parametrize("expected", FAULTS)
def test_faults_name_line_and_key(small: Small, faults: FaultsOf, expected: str) -> None:
    """Each fault is refused with file, line, key and what to do."""
    assert any(expected in fault for fault in faults(small(*FAULTS[expected])))


def test_all_faults_at_once(small: Small, faults: FaultsOf) -> None:
    """Ten faults of one file are reported together, line by line, and not one at a time."""
    text = small(
        "name: checkout", "nme: checkout", "shop", "1", "good-orders", "g o", "28d", "28", "true",
        "yes", "Occurrences", "Sometimes", "0.999", "2", "spec: {query: ok}", "spc: {query: ok}",
    )  # fmt: skip
    lines = [int(fault.split("line ")[1].split(":")[0]) for fault in faults(text)]
    assert lines == [3, 4, 6, 9, 12, 12, 15, 16, 17, 19]


def test_objectives_and_spec_do_not_both_bring_indicators(small: Small, faults: FaultsOf) -> None:
    """Composite objectives each have an indicator, and the spec then has none."""
    both = small("- target: 0.999", "- {target: 0.9, indicatorRef: x}\n    - {target: 0.8}")
    found = " ".join(faults(both))
    assert "not on both" in found
    assert "every objective here needs its own" in found


def test_the_same_name_twice(small: Small, faults: FaultsOf) -> None:
    """Two objects of one kind and name leave open which is meant."""
    [fault] = faults(f"{small()}---\n{small()}")
    assert "line 21: metadata.name: SLO 'checkout' is defined in line 1, too" in fault


def test_a_faulty_sli_is_reported_once(small: Small, faults: FaultsOf) -> None:
    """An SLO that refers to a faulty SLI adds no fault of its own."""
    text = SLI.replace("query: ok", "query: ok, query: no") + small(
        INLINE, "indicatorRef: good-orders"
    )
    assert len(faults(text)) == 1
    [fault] = faults(SLI.replace(GOOD, "good: {}") + small(INLINE, "indicatorRef: good-orders"))
    assert "good.metricSource: is missing" in fault


def test_annotations_of_several_objectives(small: Small, faults: FaultsOf) -> None:
    """What engagekit wrote belongs to one objective and cannot hold for two."""
    text = small(
        "name: checkout", "name: checkout\n  annotations: {engagekit/owner: '\"ana\"'}",
        "- target: 0.999", "- target: 0.999\n    - target: 0.99",
    )  # fmt: skip
    assert "of several objectives" in faults(text)[0]


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing\n", "[]\n", "a: b", b"text"])
def test_no_object_at_all(faults: FaultsOf, text: str | bytes) -> None:
    """A file without a single object is refused, not read as no SLAs."""
    with pytest.raises(DefinitionError):
        read_openslo(text)


def test_a_file_is_read_and_named(small: Small, tmp_path) -> None:
    """A path is read, and its name stands before each fault."""
    path = tmp_path / "slo.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + small().encode())
    assert read_openslo(path) == read_openslo(str(path)) == read_openslo(small())
    path.write_text(small("0.999", "2"))
    with pytest.raises(DefinitionError, match=r"slo\.yaml, line 19: spec.objectives\[0\].target"):
        read_openslo(path)


def test_without_pyyaml(monkeypatch: pytest.MonkeyPatch, small: Small) -> None:
    """Without the extra, the refusal says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(MissingExtra, match=r"engagekit\[openslo\]"):
        read_openslo(small())


def test_without_libyaml(monkeypatch: pytest.MonkeyPatch, small: Small, faults: FaultsOf) -> None:
    """The parser in Python reads and refuses alike."""
    expected = read_openslo(small())
    monkeypatch.delattr(yaml_file._yaml(), "CSafeLoader")
    assert read_openslo(small()) == expected
    assert "line 19" in faults(small("0.999", "2"))[0]
    assert "line 6: character U+0007" in faults(small("shop", "\a"))[0]
    assert "line 6: cannot be read as YAML" in faults(small("shop", "\tb: ["))[0]
