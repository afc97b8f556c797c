"""What hub-side Python may import: the chart's values and secrets, as z2jh's module of this name has it."""
# mypy: ignore-errors

import os
from functools import cache
from pathlib import Path

import yaml

_DIRECTORY = Path("/usr/local/etc/jupyterhub")
_REQUIRED = object()


@cache
def _values():
    return yaml.safe_load((_DIRECTORY / "secret/values.yaml").read_text())


def get_config(key, default=None):
    """Return the chart value at a dotted key, or the default when a part of it is not there."""
    value = _values()
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return default
        value = value[part]
    return value


def set_config_if_not_none(target, name, key):
    """Set one option of JupyterHub from a chart value, unless that is null."""
    value = get_config(key)
    if value is not None:
        setattr(target, name, value)


def get_secret_value(key, default=_REQUIRED):
    """Return one key of the hub's Secret."""
    path = _DIRECTORY / "secret" / key
    if path.exists():
        return path.read_text()
    if default is _REQUIRED:
        raise KeyError(key)
    return default


def get_name(name):
    """Return what an object of the chart is called; here always as it is."""
    return name


def get_name_env(name, suffix=""):
    """Return a variable that Kubernetes sets for a Service, such as `HUB_SERVICE_PORT`."""
    return os.environ[(get_name(name) + suffix).upper().replace("-", "_")]
