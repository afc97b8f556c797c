from __future__ import annotations

from typing import Any

from tests.render.features.asking import asked


def offered(settings: str) -> dict[str, Any]:
    """Return the one profile that there is."""
    values = asked(f"features: {{resource_choices: {settings}}}")
    (profile,) = values["jupyterhub"]["singleuser"]["profileList"]
    found: dict[str, Any] = profile
    return found


def names(settings: str) -> list[str]:
    choices = offered(settings)["profile_options"]["requests"]["choices"]
    return [choice["display_name"] for choice in choices.values()]


def test_a_profile_offers_parts_of_a_node() -> None:
    assert offered("{machines: [r5.xlarge], choices: 1, profile: Notebook}") == {
        "display_name": "Notebook",
        "default": True,
        "profile_options": {
            "requests": {
                "display_name": "Resources",
                "choices": {
                    "mem_29_0": {
                        "display_name": "29 GB RAM, 3.6 CPUs",
                        "default": True,
                        "kubespawner_override": {
                            "mem_guarantee": "29732M",
                            "mem_limit": "29732M",
                            "cpu_guarantee": 3.633,
                            "cpu_limit": 3.633,
                            "node_selector": {"node.kubernetes.io/instance-type": "r5.xlarge"},
                        },
                    }
                },
            }
        },
    }


def test_of_a_larger_machine_only_larger_choices_are_offered() -> None:
    """They are clearly larger, and in the order of their sizes."""
    assert names("{machines: [r5.4xlarge, r5.xlarge]}") == [
        "3.6 GB RAM, up to 3.6 CPUs",
        "7.2 GB RAM, up to 3.6 CPUs",
        "14.5 GB RAM, up to 3.6 CPUs",
        "29 GB RAM, 3.6 CPUs",
        "59.6 GB RAM, up to 15.4 CPUs",
        "119.3 GB RAM, 15.4 CPUs",
    ]


def test_everything_can_be_said() -> None:
    settings = "{machines: [r5.xlarge], strategy: dividing, choices: 3, min_memory_gb: 10.5}"
    daemons = settings.replace("}", ", daemons_memory_gb: 2, daemons_cpu: 1}")
    assert names(settings) == ["14.5 GB RAM, up to 3.6 CPUs", "29 GB RAM, 3.6 CPUs"]
    assert names(daemons) == ["13.6 GB RAM, up to 2.8 CPUs", "27.3 GB RAM, 2.8 CPUs"]


def test_the_machines_are_those_of_the_clusters_pools() -> None:
    """Those under `notebooks` that are known and have no GPUs."""
    cluster = """\
    infrastructure:
      node_pools:
        core: {machine: n2-highmem-2}
        notebooks:
          - {machine: n2-highmem-4}
          - {machine: special}
          - {machine: n1-standard-8, gpu: {type: nvidia-tesla-t4, count: 1}}
        gpu: {machine: g2-standard-4}
    """
    values = asked("features: {resource_choices: {choices: 1}}", cluster=cluster)
    choices = values["jupyterhub"]["singleuser"]["profileList"][0]["profile_options"]["requests"]["choices"]
    assert [choice["display_name"] for choice in choices.values()] == ["26.6 GB RAM, 3.3 CPUs"]


def test_what_cannot_be_made_is_left_out() -> None:
    """A rule tells of it."""
    assert names("{machines: [r5.xlarge, r5.xxlarge, t3.nano], choices: 1}") == ["29 GB RAM, 3.6 CPUs"]
    assert asked("features: {resource_choices: {machines: [r5.xxlarge]}}") == {}
    assert asked("features: {resource_choices: true}") == {}
