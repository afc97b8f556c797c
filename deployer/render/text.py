"""Values as YAML text: the same bytes for the same values, and the same values for whoever reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from deployer.fleet.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEVER_FOLDED = 2**20
_INVISIBLE = re.compile("[\x85\u2028\u2029]")
"""Line breaks to YAML 1.1 only: escaped, in quotes."""


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Write what occurs twice twice: an alias would tell how the values were made."""
        return True


def as_yaml(values: Mapping[str, Any], *, sort: bool = True) -> str:
    """Return values as YAML, keys in alphabetical order if so asked, texts of several lines as blocks."""
    text: str = yaml.dump(
        values,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=sort,
        width=_NEVER_FOLDED,
    )
    return text


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    # Helm's YAML reads more words as numbers or booleans than PyYAML guards against.
    plain = resolve(text) == text and not _INVISIBLE.search(text)
    style = ("|" if "\n" in text else None) if plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
