"""YAML as data, read by libyaml: the pipelines of one platform take PyYAML's own reader a second."""

from typing import Any

import yaml


def read_yaml(text: str) -> Any:
    """What `yaml.safe_load` makes of a text."""
    return yaml.load(text, Loader=yaml.CSafeLoader)
