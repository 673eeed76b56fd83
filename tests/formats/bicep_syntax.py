"""Files of Bicep for laws, made by Hypothesis: every node of the syntax, with text that needs care in every place."""

from __future__ import annotations

from hypothesis import strategies as st

from mlinfra.formats.bicep import (
    REQUIRED,
    Call,
    Commented,
    DisabledRule,
    Exempt,
    File,
    Import,
    Interpolated,
    Module,
    Param,
    ParamsFile,
    Ref,
    Resource,
    Symbol,
    TypeDeclaration,
    TypeProperty,
)
from mlinfra.formats.text import one_line

HOST = "x.vault.azure.net"
_CHARACTERS = st.sampled_from("ab1 '\"\\$${}\n\r\t\x00\x7f\x85[]()/#,.:@é😀\u200d\u2028\ufeff") | st.characters(
    exclude_categories=["Cs"]
)
TEXTS = st.text(_CHARACTERS, max_size=12) | st.sampled_from(
    [HOST, f"// {HOST}", "#disable-next-line x", "json('1')", "true", "${a}", "a" * 130]
)
COMMENTS = TEXTS.filter(lambda text: bool(one_line(text)))
NAMES = st.sampled_from(["a", "vault", "_b1", "existing", "json1", "trueish", "resource", "a" * 70])
RULES = st.sampled_from(["no-unused-vars", "BCP036", "no-hardcoded-env-urls"])
TYPES = st.sampled_from(["string", "Tags", "object?", "string[]", "string[][]?"])
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXTS | NUMBERS | st.booleans() | st.none()
SYMBOLS = st.builds(Symbol, NAMES)
PATHS = st.sampled_from(["id", "properties.principalId", "a.b.c"])
FUNCTIONS = NAMES | st.just("vault.getSecret")
REFERENCES = SYMBOLS | st.builds(Ref, SYMBOLS | st.builds(Call, FUNCTIONS), PATHS)
FLAT = REFERENCES | st.builds(Call, FUNCTIONS, st.lists(TEXTS | REFERENCES, max_size=3).map(tuple))
INTERPOLATED = st.builds(Interpolated, st.tuples(TEXTS, FLAT, TEXTS, FLAT, TEXTS))
KEYS = TEXTS | NAMES | INTERPOLATED


def _below(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(values, max_size=3) | st.dictionaries(KEYS, values, max_size=3)


DATA = st.recursive(SCALARS | FLAT | INTERPOLATED, _below, max_leaves=6)
CALLS = st.builds(Call, FUNCTIONS, st.lists(DATA, max_size=3).map(tuple))
EXPRESSIONS = FLAT | CALLS | st.builds(Ref, CALLS, PATHS)
PLAIN = DATA | EXPRESSIONS


def _noted(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    commented = values | st.builds(Commented, values, COMMENTS)
    return commented | st.builds(Exempt, commented, st.builds(DisabledRule, RULES, COMMENTS))


VALUES = st.recursive(_noted(PLAIN), lambda values: _noted(_below(values)), max_leaves=6)
BODIES = st.dictionaries(KEYS, VALUES, max_size=3)
DISABLED = st.lists(st.builds(DisabledRule, RULES, COMMENTS), max_size=3, unique_by=lambda item: item.rule).map(tuple)
RESOURCES = st.builds(
    Resource,
    NAMES,
    st.sampled_from(["Microsoft.KeyVault/vaults", "A.B/c/d"]),
    st.sampled_from(["2026-02-01", "2021-05-01-preview"]),
    VALUES,
    BODIES.map(lambda body: {key: body[key] for key in body if key not in ("parent", "scope", "name", "dependsOn")}),
    parent=st.none() | SYMBOLS,
    scope=st.none() | FLAT,
    existing=st.booleans(),
    depends_on=st.lists(SYMBOLS, max_size=2).map(tuple),
    because=st.lists(TEXTS, max_size=2).map(tuple),
    disabled_rules=DISABLED,
)
MODULES = st.builds(
    Module, NAMES, TEXTS, BODIES, scope=st.none() | FLAT, depends_on=st.lists(SYMBOLS, max_size=2).map(tuple)
)
PARAMS = st.builds(Param, NAMES, TYPES, TEXTS, st.just(REQUIRED) | VALUES, st.booleans())
IMPORTS = st.builds(Import, st.lists(NAMES, min_size=1, max_size=2).map(tuple), TEXTS)
TYPE_DECLARATIONS = st.builds(TypeDeclaration, NAMES, TEXTS, st.builds(TypeProperty, TYPES, TEXTS))
DECLARATIONS = RESOURCES | MODULES | PARAMS | IMPORTS | TYPE_DECLARATIONS
FILES = st.builds(File, TEXTS, TEXTS, st.lists(DECLARATIONS, max_size=4).map(tuple), st.none() | TEXTS)
PARAMS_FILES = st.builds(ParamsFile, TEXTS, TEXTS, st.dictionaries(NAMES, VALUES, max_size=3))
