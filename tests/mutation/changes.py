"""What a change of a module may be: one condition, default or word of it, as the tree of its syntax has them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from mlinfra.azure.roles import ROLES

SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


class Change(NamedTuple):
    line: int
    what: str
    text: str  # of the whole module, changed


class Way(NamedTuple):
    """A change that is not made yet: the number of the node in its module, and what would be done to it."""

    node: int
    what: str


def ways(text: str) -> list[Way]:
    """Every change of a module."""
    return [Way(number, what) for number, node in enumerate(ast.walk(ast.parse(text))) for what in _ways(node)]


def made(text: str, way: Way) -> Change:
    """The module with that change; it is printed anew, without comments."""
    tree = ast.parse(text)
    node = next(node for number, node in enumerate(ast.walk(tree)) if number == way.node)
    said, line = f"{way.what}: {ast.unparse(node)[:70]}", getattr(node, "lineno", 0)
    _apply(node, way.what)
    return Change(line, said, ast.unparse(tree))


def _ways(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            return ("negate",)
        case ast.BoolOp():
            return ("swap and/or",)
        case ast.Compare(ops=[op]) if type(op) in SWAPPED:
            return ("compare otherwise",)
        case ast.Call(func=ast.Attribute(attr="lower" | "casefold"), args=[]):
            return ("with case",)
        case ast.Assign(value=value) | ast.AnnAssign(value=value) if value is not None:
            return _of_values(value)
        case ast.arguments(defaults=[*_, ast.Constant(value=bool() | int())]):
            return ("other default",)
        case ast.Constant(value=str(role)) if role in ROLES:
            return ("another role",)
        case _:
            return ()


def _of_values(value: ast.expr) -> tuple[str, ...]:
    match value:
        case ast.Constant(value=bool() | int()):
            return ("other value",)
        case ast.Tuple(elts=[_, *_]) | ast.List(elts=[_, *_]) | ast.Set(elts=[_, *_]):
            return ("without the last",)
        case ast.Dict(values=[_, *_]):
            return ("without the last",)
        case _:
            return ()


def _apply(node: ast.AST, what: str) -> None:
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.Compare(ops=[op]):
            node.ops = [SWAPPED[type(op)]()]
        case ast.Call(func=ast.Attribute() as named):
            named.attr = "strip"
        case ast.arguments():
            node.defaults[-1] = _other(node.defaults[-1])
        case ast.Constant():
            names = sorted(ROLES)
            node.value = names[names.index(str(node.value)) - 1]
        case ast.Assign(value=value) | ast.AnnAssign(value=value) if value is not None:
            if what == "other value":
                node.value = _other(value)
            elif isinstance(value, ast.Dict):
                value.keys.pop()
                value.values.pop()
            elif isinstance(value, ast.Tuple | ast.List | ast.Set):
                value.elts.pop()


def _other(value: ast.expr) -> ast.expr:
    assert isinstance(value, ast.Constant)
    assert isinstance(value.value, bool | int)
    return ast.Constant(not value.value if isinstance(value.value, bool) else value.value + 1)
