"""Alert rules and dashboard ask for figures that exist, and the rules fire when they should."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from recordings_site.base import instruments
from recordings_site.ops import health
from recordings_site.policies.engine import snapshot
from recordings_site.policies.revision.snapshot_loader import seal_to_file
from tests.house import ROOT

MONITORING = ROOT / "recordings_site" / "ops" / "monitoring"
RULES = MONITORING / "alerts.yml"
NAME = re.compile(r"recordings_site_\w+")
CASES = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'recordings_site_callbacks_total{{outcome="database_down"}}', values: "0+3x20"}}
      - {{series: 'recordings_site_workers_alive', values: "0x20"}}
      - {{series: 'recordings_site_database_up{{instance="a"}}', values: "1x20"}}
      - {{series: 'recordings_site_tasks_lag_seconds', values: "2x20"}}
    alert_rule_test:
      - {{eval_time: 10m, alertname: CallsUnrecorded, exp_alerts: [{calls}]}}
      - {{eval_time: 10m, alertname: NoWorker, exp_alerts: [{worker}]}}
      - {{eval_time: 10m, alertname: DatabaseDown, exp_alerts: []}}
      - {{eval_time: 10m, alertname: TasksLate, exp_alerts: []}}
"""


@pytest.mark.django_db
def test_every_name_is_exported(tmp_path: Path, settings: object) -> None:
    settings.SNAPSHOT_FILE = str(tmp_path / "snapshot")  # type: ignore[attr-defined]
    snapshot.current()
    seal_to_file(tmp_path / "snapshot")
    # An instrument with labels has no line before something was measured.
    for instrument in (instruments.CALLBACKS, instruments.POOL_CONNECTIONS, instruments.POOL_WAITING):
        instrument.labels("example")
    for histogram in (instruments.CALLBACK_SECONDS, instruments.PAGE_SECONDS):
        histogram.labels("example", "example")
    instruments.STORE_SECONDS.labels("example")
    text = health.everything().decode()
    exported = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    # Those of which there are none at all are announced.
    exported |= set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    asked = NAME.findall(RULES.read_text())
    for panel in dashboard["panels"]:
        asked += [name for target in panel["targets"] for name in NAME.findall(target["expr"])]
    assert set(asked) - exported == set()


def test_prometheus_reads_the_rules_and_they_fire_when_they_should(tmp_path: Path) -> None:
    text = RULES.read_text()

    def expected(name: str) -> str:
        rule = text.partition(f"alert: {name}\n")[2]
        notes = {key: re.search(rf'{key}: "(.*)"', rule).group(1) for key in ("summary", "description")}  # type: ignore[union-attr]
        severity = re.search(r"severity: (\w+)", rule).group(1)  # type: ignore[union-attr]
        return json.dumps({"exp_labels": {"severity": severity}, "exp_annotations": notes})

    (tmp_path / "cases.yml").write_text(
        CASES.format(rules=RULES, calls=expected("CallsUnrecorded"), worker=expected("NoWorker"))
    )
    for command in (["check", "rules", str(RULES)], ["test", "rules", str(tmp_path / "cases.yml")]):
        done = subprocess.run(["promtool", *command], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
