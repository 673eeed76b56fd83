"""Words of closed sets, in snake case; Azure's own spelling of one is taken too, without regard to case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function

from mlinfra.azure.casing import camel


@dataclass(frozen=True)
class AzureWords:
    """Marks a `Literal` of words in snake case; `spelled` has those that Azure calls otherwise."""

    spelled: tuple[tuple[str, str], ...] = ()  # our word, Azure's

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        by_letters = {_letters(word): word for word in get_args(source)}
        by_letters |= {_letters(theirs): ours for ours, theirs in self.spelled}

        def ours_of(value: Any) -> Any:
            return by_letters.get(_letters(value), value) if isinstance(value, str) else value

        return no_info_before_validator_function(ours_of, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        words = found.get("enum") or [found["const"]]
        spelled = dict(self.spelled)
        return {**found, "enum": list(dict.fromkeys([*words, *(spelled.get(word, camel(word)) for word in words)]))}


def _letters(word: str) -> str:
    """
    >>> _letters("AllowUnencrypted") == _letters("allow_unencrypted")
    True
    """
    return word.replace("_", "").casefold()
