"""Nodes that are there before people come: what the hub-side Python is told, which knows the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.offers.nodes import placement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the windows, and what the pods are made of that the hub makes in them."""
    placed = placement(subject, pool=settings.get("pool"), machine=settings.get("machine"))
    told = {
        "windows": settings["windows"],
        "images": settings["images"],
        "node_selector": placed.get("node_selector", {}),
        "tolerations": placed.get("tolerations", []),
        "pause_image": subject.own_value("nodePlaceholder", "pauseContainer", "image"),
        "priority": _priority(subject),
    }
    return {"jupyterhub": {"custom": {"deployer": {"warm_nodes": told}}}}


def _priority(subject: Subject) -> str:
    """Return what z2jh calls the priority of its placeholders, which is below that of users."""
    name = subject.named("user-placeholder")
    return name if name != "user-placeholder" else f"{subject.hub.name}-user-placeholder-priority"
