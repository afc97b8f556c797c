"""The layers of a hub's chart values, weakest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deployer.render import features
from deployer.render.computed import TOPICS
from deployer.render.merge import Layer, merge
from deployer.render.paths import look_up
from deployer.render.placeholders import without_secrets
from deployer.render.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Hub, ValuesFile


def layers(
    cluster: Cluster,
    hub: Hub,
    defaults: Document,
    *,
    hub_python: Mapping[str, str],
    schema: Mapping[str, Any] | None = None,
    decrypted: Mapping[str, Mapping[str, Any]] | None = None,
    chart_files: Mapping[str, str] | None = None,
) -> tuple[Layer, ...]:
    """Return what makes a hub's values: the chart's defaults, computed values, presets, features, its files.

    `defaults` is the values.yaml of the umbrella chart, `hub_python` its files of hub-side Python by name,
    and `schema` its JSON schema with those of its dependencies, as far as they are known. `decrypted` has the
    whole content of each encrypted file by name; without it encrypted scalars are placeholders. `chart_files`
    is the text of the chart's other files by their path below `files/`.
    """
    weakest = Layer(name="chart defaults", values=defaults.data, document=defaults, kind="chart")
    presets = [
        Layer(name=f"preset: {each.name}", values=each.document.data, document=each.document, kind="preset")
        for each in hub.presets
    ]
    files = [of_file(file, schema or {}, decrypted) for file in hub.values_files]
    its_domain = domain(hub, decrypted)
    own, said = merge([weakest, *presets, *files]).values, merge([*presets, *files]).values
    subject = Subject(
        cluster=cluster,
        hub=hub,
        host=host(own, its_domain),
        own=own,
        said=said,
        hub_python=hub_python,
        chart_files=chart_files or {},
    )
    asked = list(features.layers(subject))
    if asked:
        own, said = (merge([*first, *presets, *asked, *files]).values for first in ([weakest], []))
        subject = replace(subject, host=host(own, its_domain), own=own, said=said)
    return (weakest, *_computed(subject), *presets, *asked, *files)


def _computed(subject: Subject) -> Iterator[Layer]:
    for name, topic in TOPICS.items():
        values = topic(subject)
        if values:
            yield Layer(
                name=f"computed: {name}",
                values=values,
                kind="computed",
                function=topic.__name__,
                about=(topic.__doc__ or "").strip().partition("\n")[0],
            )


def domain(hub: Hub, decrypted: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Return a hub's domain, from its domain override file when it has one."""
    if hub.domain_override is None:
        return hub.domain
    return str(_content(hub.domain_override, {}, decrypted).get("domain", hub.domain))


def host(values: Mapping[str, Any], domain: str) -> str:
    """Return the name under which users reach a hub with these merged values.

    It is not always the domain, which BinderHub may serve.
    """
    hosts = look_up(values, ("jupyterhub", "ingress", "hosts"))
    return str(hosts[0]) if isinstance(hosts, list) and hosts else domain


def of_file(
    file: ValuesFile, schema: Mapping[str, Any], decrypted: Mapping[str, Mapping[str, Any]] | None
) -> Layer:
    """Return the layer of a listed file, with placeholders for what is encrypted unless that is given."""
    return Layer(name=file.name, values=_content(file, schema, decrypted), document=file.document)


def _content(
    file: ValuesFile, schema: Mapping[str, Any], decrypted: Mapping[str, Mapping[str, Any]] | None
) -> Mapping[str, Any]:
    if not file.encrypted:
        found = file.document.data
    elif decrypted is None:
        found = without_secrets(file.document.data, schema)
    else:
        found = look_up(decrypted[file.name], file.at)
    return found if isinstance(found, Mapping) else {}
