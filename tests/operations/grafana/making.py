"""A fleet on disk whose clusters have, or do not have, a Prometheus to show to a central Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "marker-of-a-password"
SHOWN = """\
prometheusAuthSecret: {{username: reader, password: {password}}}
prometheus:
  server:
    ingress:
      enabled: true
      hosts: [prometheus.{cluster}.example.org]
      tls: [{{secretName: prometheus-tls, hosts: [prometheus.{cluster}.example.org]}}]
  serverFiles: {{web.yml: {{basic_auth_users: {{reader: a-hash}}}}}}
"""
CLUSTER = """\
name: {name}
provider: kubeconfig
kubeconfig: {{file: enc-kubeconfig.secret.yaml}}
kubernetes_version: "1.34"
support: {{helm_chart_values_files: [support.values.yaml]}}
hubs:
  - name: maths
    domain: maths.{name}.example.org
    helm_chart: basehub
    helm_chart_values_files: []
"""
ENCRYPTED = "kind: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]\nsops: {version: 3.9.0}\n"


def shown(cluster: str) -> str:
    """Return values with which a cluster's Prometheus is shown."""
    return SHOWN.format(cluster=cluster, password=PASSWORD)


def make(root: Path, grafana: str, **clusters: str) -> Path:
    """Write a fleet with a central Grafana and with clusters that have these values for their support."""
    write(
        root / "config/org.yaml",
        f"name: Example Hubs\ngrafana: {{url: {grafana}}}\n" if grafana else "name: E\n",
    )
    for name, values in clusters.items():
        directory = root / "config/clusters" / name
        write(directory / "cluster.yaml", CLUSTER.format(name=name))
        write(directory / "enc-kubeconfig.secret.yaml", ENCRYPTED)
        write(directory / "support.values.yaml", values)
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
