"""A fleet that edits lead from one state to another, and back: everything that findings depend on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.charts.making import write_chart

if TYPE_CHECKING:
    from pathlib import Path

    Edit = tuple[str, str | None]

ENCRYPTED = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
COMMENTS = ("", "# one line\n", "# one\n# two\n", "# deployer: ignore=chart-schema known for years\n")
HEAD = "name: {name}\nprovider: local\n{more}schema: 2\nhubs:\n"
HUB = "  - name: {hub}\n    domain: {domain}\n    helm_chart: basehub\n{more}"
FILES = "    helm_chart_values_files: [{files}]\n"
OVERRIDE = "    chart_override: Chart.yaml\n"
PRESET = "description: A course\nvalues: {values}\n"
TELLING = """\
{{- $told := list .Release.Name .Release.Namespace .Capabilities.KubeVersion.Version .Values.a -}}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ join " " $told | quote }}}
"""
"""No name that Kubernetes takes; the message about it shows all that Helm was given."""
OTHER = TELLING.replace("ConfigMap", "ServiceAccount")
SILENT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fine}\n"
OWN_RULE = """\
summary: Want {key}.
severity: {severity}
for: hub
check: has(values.jupyterhub.{key})
at: values.jupyterhub
message: want `{key}`
examples: {{valid: [{{values: {{jupyterhub: {{{key}: 1}}}}}}], invalid: [{{values: {{jupyterhub: {{}}}}}}]}}
"""

_SCALARS = st.sampled_from(
    ["1", "'1'", "1.10", "1.1", "true", "null", "''", "[]", "{}", ENCRYPTED, "a", "ab"]
)
_KEYS = st.sampled_from(["a", "b", "c", "wrong"])


@st.composite
def _values(draw: st.DrawFn) -> str:
    """Return a values file: a few lines, moved by comments, encrypted here and there, seldom not YAML."""
    before, beside, within = (draw(st.sampled_from(COMMENTS)) for _ in range(3))
    pairs = draw(st.dictionaries(_KEYS, _SCALARS, min_size=1, max_size=3))
    lines = "".join(f"{within}  {key}: {value}\n" for key, value in pairs.items())
    sops = "sops:\n  version: 3.9.0\n" if any(value == ENCRYPTED for value in pairs.values()) else ""
    whole = f"{before}jupyterhub:\n{lines}{beside}{sops}"
    return draw(st.sampled_from([whole] * 9 + ["", "a: [", "a: 1\na: 2\n"]))


@st.composite
def _cluster(draw: st.DrawFn, name: str) -> str:
    """Return a cluster.yaml with up to three hubs in any order, which share files or not."""
    lines = ['kubernetes_version: "1.33"\n', "provider_url: https://example.org\n", *COMMENTS]
    lines += ["ignore: [{rule: chart-schema, reason: known, hubs: [one]}]\n"]
    text = HEAD.format(name=name, more=draw(st.sampled_from(lines)))
    files = ["one.values.yaml", "two.values.yaml", "../shared.values.yaml", "renamed.values.yaml"]
    for hub in draw(st.lists(st.sampled_from(["one", "two", "three"]), unique=True, min_size=1)):
        listed = ", ".join(draw(st.lists(st.sampled_from(files), unique=True, max_size=3)))
        more = draw(st.sampled_from(["", "    presets: [course]\n", OVERRIDE, *COMMENTS]))
        domain = draw(st.sampled_from([f"{hub}.{name}.example.org", f"{hub}-{name}.example.org"]))
        text += HUB.format(hub=hub, domain=domain, more=more) + FILES.format(files=listed)
    return text


def _schema() -> st.SearchStrategy[str]:
    forbidden = [{"properties": {"wrong": {"not": {}}}}, {"properties": {"a": {"type": "string"}}}]
    others = [{}, {"type": "object", "maxProperties": 3}]
    return st.sampled_from([json.dumps(schema) for schema in (*forbidden, *others)])


_CLUSTERS = "config/clusters"
_SCHEMA = json.dumps({"properties": {"wrong": {"not": {}}, "a": {"type": "string"}}})
_KINDS: tuple[dict[str, st.SearchStrategy[str | None]], ...] = (
    {f"{_CLUSTERS}/{name}/cluster.yaml": _cluster(name) for name in ("lake", "sea")},
    {
        f"{_CLUSTERS}/{name}/{file}.values.yaml": _values()
        for name in ("lake", "sea")
        for file in ("one", "two", "renamed")
    },
    {f"{_CLUSTERS}/shared.values.yaml": st.none() | _values()},
    {
        f"{_CLUSTERS}/lake/Chart.yaml": st.sampled_from(
            ["", "# a comment\napiVersion: v2\nname: basehub\nversion: 1.0.0\n"]
        ),
        "config/presets/course.yaml": st.sampled_from(
            [PRESET.format(values=values) for values in ("{}", "{jupyterhub: {wrong: 1}}", "{wrong: 1}")]
        ),
    },
    {
        "config/org.yaml": st.none()
        | st.sampled_from(
            [
                f"{comment}name: A\ndefaults: {{kubernetes_version: '{version}'}}\n"
                for comment in COMMENTS
                for version in ("1.33", "1.34")
            ]
        ),
    },
    {
        "config/rules/own.yaml": st.none()
        | st.sampled_from(
            [OWN_RULE.format(key=key, severity=how) for key in ("a", "b") for how in ("error", "warning")]
        ),
    },
    {
        "helm-charts/basehub/values.yaml": st.sampled_from(
            ["{}", "jupyterhub: {wrong: 1}", "# c\njupyterhub: {wrong: 1}", "jupyterhub: {a: A B}"]
        ),
        "helm-charts/basehub/values.schema.json": st.none() | _schema(),
        "helm-charts/basehub/files/hub/ours.py": st.none() | st.sampled_from(["a = 1\n", "a = \n"]),
    },
    {
        "../mirror/jupyterhub/values.yaml": st.sampled_from(["{}", "a: 1", "a: text"]),
        "../mirror/jupyterhub/values.schema.json": _schema(),
    },
    {
        "../mirror/jupyterhub/templates/objects.yaml": st.sampled_from(
            [TELLING, SILENT, OTHER, f"# c\n{TELLING}"]
        ),
    },
)
_SLOTS = {name: texts for kind in _KINDS for name, texts in kind.items()}

EDITS: st.SearchStrategy[Edit] = (
    st.sampled_from([sorted(kind) for kind in _KINDS])
    .flatmap(st.sampled_from)
    .flatmap(lambda name: st.tuples(st.just(name), _SLOTS[name]))
)
"""A file, and what it says from now on; None when it is gone."""


def start(directory: Path) -> Path:
    """Write the fleet as it is before the first edit, with a chart mirror beside it; return its root.

    A little is wrong with it, so that most edits change what is found.
    """
    root = directory / "fleet"
    needed = {"name": "jupyterhub", "version": "4.4.0", "repository": "https://charts.example.org/"}
    write_chart(root / "helm-charts/basehub", dependencies=[needed])
    files = {"values.schema.json": _SCHEMA, "templates/objects.yaml": TELLING}
    write_chart(directory / "mirror/jupyterhub", version="4.4.0", files=files)
    for name in ("lake", "sea"):
        text = HEAD.format(name=name, more="")
        for hub in ("one", "two"):
            text += HUB.format(hub=hub, domain=f"{hub}.{name}.example.org", more="")
            text += FILES.format(files=f"../shared.values.yaml, {hub}.values.yaml")
            edit(root, (f"{_CLUSTERS}/{name}/{hub}.values.yaml", "jupyterhub: {a: text}\n"))
        edit(root, (f"{_CLUSTERS}/{name}/renamed.values.yaml", "jupyterhub: {a: other}\n"))
        edit(root, (f"{_CLUSTERS}/{name}/cluster.yaml", text))
    edit(root, (f"{_CLUSTERS}/{name}/one.values.yaml", "jupyterhub: {a: text, wrong: 1}\n"))
    edit(root, (f"{_CLUSTERS}/shared.values.yaml", "jupyterhub: {b: 1}\n"))
    edit(root, ("config/org.yaml", "name: A\n"))
    edit(root, ("config/presets/course.yaml", PRESET.format(values="{}")))
    edit(root, ("config/rules/own.yaml", OWN_RULE.format(key="c", severity="warning")))
    return root


def edit(root: Path, change: Edit) -> None:
    """Make a change."""
    name, text = change
    path = root / name
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
