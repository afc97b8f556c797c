"""Whether hubs answer, as the cluster itself sees it where its cloud does not look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.uptime import by_the_cluster

if TYPE_CHECKING:
    from deployer.fleet.uptime import Check
    from deployer.render.support.subject import SupportSubject

JOB = "uptime"
_CHART = "prometheus-blackbox-exporter"
_EXPORTER = f"support-{_CHART}:9115"
_SECONDS = 10


def uptime(subject: SupportSubject) -> dict[str, Any]:
    """Ask each address of hubs that no check of the cloud asks, by way of the world, twice a minute."""
    checks = by_the_cluster(subject.cluster)
    if not checks or subject.own_value("prometheus", "enabled") is False:
        return {}
    modules = {_module(each): _prober(each) for each in checks}
    return {
        _CHART: {"enabled": True, "config": {"modules": modules}},
        "prometheus": {"scrapeConfigs": {JOB: _job(checks)}},
    }


def _module(check: Check) -> str:
    """Return the name of what has to be asked: the same for addresses of the same kind."""
    meant = "hub" if check.header else "grafana" if check.text else "any"
    return f"{meant}_{check.status}"


def _prober(check: Check) -> dict[str, Any]:
    http: dict[str, Any] = {
        "valid_status_codes": [check.status],
        "follow_redirects": False,
        "fail_if_not_ssl": True,
        "preferred_ip_protocol": "ip4",
    }
    if check.header:
        wanted = {"header": check.header, "regexp": ".+", "allow_missing": False}
        http["fail_if_header_not_matches"] = [wanted]
    if check.text:
        http["fail_if_body_not_matches_regexp"] = [check.text]
    return {"prober": "http", "timeout": f"{_SECONDS}s", "http": http}


def _job(checks: tuple[Check, ...]) -> dict[str, Any]:
    """Return a job with a target for each address: it is the exporter that is asked, about the address."""
    targets = [
        {
            "targets": [_EXPORTER],
            "labels": {
                "__param_module": _module(each),
                "__param_target": each.url,
                "hub": each.owner,
                "instance": each.url,
                "namespace": each.owner,
            },
        }
        for each in checks
    ]
    return {
        "metrics_path": "/probe",
        "scrape_interval": "30s",
        "scrape_timeout": f"{_SECONDS + 5}s",
        "static_configs": targets,
    }
