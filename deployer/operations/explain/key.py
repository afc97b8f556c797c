"""One path of a hub's values: what is there, who said what about it, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.keypath import shown
from deployer.operations.explain.knowledge import Knowledge, schemas
from deployer.operations.explain.path import no_such, resolved
from deployer.operations.explain.plain_data import layer, readable
from deployer.operations.explain.secret import Secret, secret
from deployer.render.provenance import Leaf, Saying, find, leaves, plain, reach, sayings

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class KeyExplanation:
    """What there is to say about one path.

    `value` is None when nothing is set. `sayings` are those of all layers, weakest first. `leaves` are the
    values below a map, each with its layer. `default` is what the chart has there by itself.
    """

    layers: HubLayers
    at: KeyPath
    value: Any
    sayings: tuple[Saying, ...]
    leaves: tuple[tuple[KeyPath, Leaf], ...]
    default: Any
    secret: Secret
    knowledge: Knowledge = field(default_factory=Knowledge)

    @property
    def decisive(self) -> Saying | None:
        """What makes the value what it is, when it is not a map of many."""
        counting = [saying for saying in self.sayings if saying.effect == "counts"]
        return None if self.leaves or not counting else counting[-1]

    def summary(self) -> dict[str, Any]:
        """Return the explanation as plain data (explain-key.schema.json)."""
        known = self.knowledge
        return {
            "cluster": self.layers.cluster.name,
            "hub": self.layers.hub.name,
            "path": shown(self.at),
            "set": self.value is not None,
            "value": readable(self.value),
            "default": readable(self.default),
            "decided_by": self.sayings.index(self.decisive) if self.decisive else None,
            "layers": [_saying(saying) for saying in self.sayings],
            "leaves": [_leaf(at, leaf) for at, leaf in self.leaves],
            "secret": {
                "may_change": self.secret.may_change,
                "how": self.secret.how,
                "unknown": [shown(at) for at in self.secret.unknown],
                "files": [{"file": name, "line": line} for name, line in self.secret.files],
            },
            "without_effect": _idle(self.layers, self.at),
            "schema": {
                "known": known.known,
                "description": known.description or None,
                "described": shown(known.described) if known.description else None,
                "types": list(known.types),
                "enum": list(known.enum),
                "default": known.default[0] if known.default else None,
            },
            "not_at_hand": [str(package) for package in self.layers.missing],
        }


def explain_key(session: Session, layers: HubLayers, text: str) -> KeyExplanation:
    """Explain the path that a text means.

    Raises:
        DeployerError: nothing is there, and no schema has it.
    """
    at = resolved(layers, text)
    about = schemas(session, layers, at)
    said = sayings(layers.origins, at)
    knowledge = about.knowledge(at)
    if not knowledge.known and not any(saying.at == at for saying in said):
        raise no_such(layers, about, at)
    found = find(layers.tree, at)
    return KeyExplanation(
        layers=layers,
        at=at,
        value=plain(found),
        sayings=said,
        leaves=tuple(leaves(found, at)) if isinstance(found, dict) else (),
        default=_default(layers, at),
        secret=secret(found, said, at),
        knowledge=knowledge,
    )


def _default(layers: HubLayers, at: KeyPath) -> Any:
    depth, value = reach(layers.defaults, at)
    return value if depth == len(at) else None


def _idle(layers: HubLayers, at: KeyPath) -> dict[str, str] | None:
    idle = layers.idle(at)
    return {"reason": idle[0], "path": shown(idle[1])} if idle else None


def _saying(saying: Saying) -> dict[str, Any]:
    return {
        **layer(saying.origin, saying.at),
        "path": shown(saying.at),
        "value": readable(saying.value),
        "effect": saying.effect,
    }


def _leaf(at: KeyPath, leaf: Leaf) -> dict[str, Any]:
    return {**layer(leaf.origin, at), "path": shown(at), "value": readable(leaf.value)}
