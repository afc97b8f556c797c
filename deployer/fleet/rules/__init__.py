"""Rules that hold between things: across hubs, files and clusters. The schemas hold for each file alone.

A rule is a function over the loaded fleet. To add one, write it in the module of its theme, add it to that
module's `RULES`, and give it an example in tests/examples, valid and invalid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rules import (
    dask,
    files,
    freezes,
    hosts,
    infrastructure,
    literals,
    locations,
    names,
    people,
    presets,
    providers,
    quotas,
    reading,
    relations,
    sign_in,
)

if TYPE_CHECKING:
    from deployer.fleet.model import Fleet
    from deployer.fleet.rule import Rule

RULES: tuple[Rule[Fleet], ...] = (
    *names.RULES,
    *hosts.RULES,
    *providers.RULES,
    *relations.RULES,
    *freezes.RULES,
    *presets.RULES,
    *files.RULES,
    *literals.RULES,
    *people.RULES,
    *sign_in.RULES,
    *dask.RULES,
    *infrastructure.RULES,
    *quotas.RULES,
    *locations.RULES,
)

UNIGNORABLE = frozenset(rule.id for rule in (*reading.READING, *RULES) if not rule.ignorable)
"""The ids of the rules that no ignore can hide."""
