"""`${…}` in the texts of a spec.

A text passes through twice. `Substitution` fills in what a target knows (`${var.x}`, `${target.name}`, `${platform}`),
and takes `$${` for a literal `${`, in keys as well, which take no expressions. What refers to an entry
(`${storage_accounts.lake.id}`) stays for the phase that knows names and ids: it takes a text apart with `expressions`
and puts it together again, each part of text through `literal`. Between the two, a `$` that must not begin an
expression is followed by a mark, so that nothing is taken for an expression twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.characters import LITERAL_MARK
from mlinfra.diagnostics.meant_values import NOT_COMPUTED, variable_meant
from mlinfra.diagnostics.merge import MAX_FOUND, MAX_SAID_OF_A_TEXT, MORE, left_out
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.header.texts import EXPRESSION_START, literal_text
from mlinfra.header.variables import Variable, places_of
from mlinfra.overrides.codes import IN_A_KEY, MALFORMED, NOT_A_TEXT, TOO_MUCH, UNKNOWN
from mlinfra.overrides.each import EACH_UNKNOWN, joined
from mlinfra.overrides.forms import ATTRIBUTES, says_what_is_meant, unopened
from mlinfra.overrides.made_of import in_order
from mlinfra.overrides.run_values import PARAMETER, RUN, RUN_VALUES
from mlinfra.overrides.sizes import MAX_FILLED_CHARACTERS, MAX_FILLED_NODES, size
from mlinfra.overrides.templates import EACH
from mlinfra.source import tree
from mlinfra.source.tree import Field, Node, Scalar, Sequence, as_text, plain, used
from mlinfra.source.tree import Mapping as Tree

VARIABLE = "var"
_NO_EXPRESSION = f"${LITERAL_MARK}"
_THEIRS = r"\$\{\{.*?(?:\}\}|$)"  # `${{inputs.x}}`: of the language of a body, which checks it
_WRITTEN = re.compile(rf"(?P<escape>\$\$\{{)|(?P<theirs>{_THEIRS})|\$\{{(?P<inner>[^${{}}]*)(?P<end>\}}?)", re.DOTALL)
_COLUMN = re.compile(r"\$\{data\.\w+\}")  # of the data that a flow reads, which it fills in itself
_CALL = re.compile(r"[A-Za-z]\w*\(.*\)(?:\.\w+)*", re.DOTALL)  # a function of Bicep or Terraform
_PROPERTY = re.compile(r"\.(?:properties|outputs?)\.")  # of a resource, as Bicep has it
_REFERENCE = re.compile(rf"(?P<theirs>{_THEIRS})|\$\{{(?P<inner>[^${{}}]*)\}}", re.DOTALL)


class Expression(NamedTuple):
    """`${storage_accounts.lake.id}`: the address and the attribute of an entry."""

    address: str
    attribute: str


def expressions(text: str) -> list[str | Expression]:
    """Return the parts of a text that went through `Substitution`: texts, and references to entries between them.

    >>> expressions("https://${storage_accounts.lake.name}.example")
    ['https://', Expression(address='storage_accounts.lake', attribute='name'), '.example']
    """
    parts: list[str | Expression] = []
    start = 0
    for match in _REFERENCE.finditer(text):
        if match["inner"] is not None:
            address, _, attribute = match["inner"].strip().rpartition(".")
            parts += [text[start : match.start()], Expression(address, attribute)]
            start = match.end()
    parts.append(text[start:])
    return [part for part in parts if part != ""]


def literal(text: str) -> str:
    """Return a text that holds no more references, as it was meant: `${` where `$${` was written.

    >>> literal("echo $\\0{HOME}")
    'echo ${HOME}'
    """
    return text.replace(_NO_EXPRESSION, "$")


class Substitution:
    """Fills in what a target knows; collects what is wrong in `diagnostics`."""

    def __init__(
        self,
        texts: Mapping[str, str],
        variables: Mapping[str, Node],
        sections: Collection[str],
        later: Collection[str] = (),
        parameters: Mapping[str, Span] = {},
        meant_elsewhere: Callable[[str], str | None] = lambda text: None,
        templates: Collection[str] = (),
        passes: Callable[[str, str], bool] = lambda section, inner: False,
        lookups: Collection[str] = (),
        declared: Mapping[str, Variable] | None = {},
    ) -> None:
        """`texts` holds the values of `target.name` and its like; `sections` are what an address can begin with.

        What is `later` is written and not compiled, which is said of it: what is made of it is unknown. `parameters`
        are those of training, as values of the run. `meant_elsewhere` is asked what a language would write instead.
        A text that is one of `templates` names these, and stays. What `passes` in a section is an expression of its
        language, which the service fills in; so is each of the variables that are `lookups`. `declared` are those
        that the header declares, with their places; None where that can't be read.
        """
        self.diagnostics: list[Diagnostic] = []
        self._is_wrong = False  # something of the text that is looked at
        self._texts = texts
        self._declarations = declared
        self._sections = sections
        self._later = later
        self._meant_elsewhere = meant_elsewhere
        self._templates = templates
        self._passes = passes
        self._section = ""  # in which stands what is looked at
        self._parameters = parameters
        self._of_run = (*RUN_VALUES, *(f"{PARAMETER}.{name}" for name in parameters))
        self._characters = 0  # that values have added so far
        self._nodes = 0
        self._is_full = False
        self._said: set[str] = set()  # of the text that is looked at
        self._is_known = True  # what stands in it
        self._for_each = 0  # keys that name templates, in which what is looked at lies
        self._place: list[str] = []  # the keys below a section that lead to what is looked at
        self.variables: dict[str, Node] = {}
        self._declared = ""  # the variable whose value is looked at
        self._is_text = False  # what is looked at is a variable of type string, and stays text
        self._lookups = lookups
        self._of_services: dict[str, str] = {}  # by variable, the first expression in its value that a service fills in
        self._sizes: dict[str, tuple[int, int]] = {}
        self.names: Collection[str] = variables  # of the variables
        self._fill_variables(variables)

    def _fill_variables(self, written: Mapping[str, Node]) -> None:
        """Fill in the values of the variables, each behind those of which it is made."""
        order = in_order(written)
        self._circular = order.circular
        for name in order.names:
            self._declared, self._is_text = name, isinstance(written[name], Scalar)  # nothing else can hold ${…}
            self.variables[name] = self.node(written[name])
            self._sizes[name] = size(self.variables[name])
        self._declared, self._is_text = "", False

    def section(self, name: str, node: Node) -> Node:
        """The same of a section of the spec, or of another key at its top."""
        self._section = name
        filled = self.node(node)
        self._section = ""
        return filled

    def node(self, node: Node) -> Node:
        """The same data with every text filled in; the very same object where nothing had to be."""
        if isinstance(node, Scalar):
            is_whole = not isinstance(node.value, str) or "$" not in node.value or node.value in self._templates
            return node if is_whole else self._scalar(node)
        if isinstance(node, Tree):
            return self.mapping(node)
        items = tuple(self.node(item) for item in node.items)
        return node if items == node.items else Sequence(items, node.span, node.used_at)

    def mapping(self, node: Tree) -> Tree:
        fields = {}
        for key, field in node.fields.items():
            if "${" not in key:
                fields[key] = self._field(key, field)
            elif key in self._templates:  # it names these, and what stands there is filled in for each of them
                self._for_each += 1
                fields[key] = self._field(key, field)
                self._for_each -= 1
            else:
                fields[self._key(key, field.key)] = self._field(key, field)
        return node if fields == node.fields else Tree(fields, node.span, node.used_at)

    def _field(self, key: str, field: Field) -> Field:
        self._place.append(key)
        value = self.node(field.value)
        self._place.pop()
        return field if value is field.value else Field(field.key, value)

    def _key(self, key: str, span: Span) -> str:
        """A key with `${` as it is meant: no two of a mapping become one, as none may hold one that is not `$${`."""
        self._said = set()
        meant = literal_text(key)
        if meant is None:
            help = f'write the key itself; if ${{ is meant, write "{EXPRESSION_START.sub("$${", key)}"'
            self._report(IN_A_KEY, f'"{key}" is a key, which takes no expression', span, help)
        return meant or key

    def _scalar(self, scalar: Scalar) -> Node:
        self._said = set()
        self._is_known, self._is_wrong = True, False
        for written, meant in unopened(str(scalar.value), self.names):
            self._report(MALFORMED, f'"{written}" is no expression', scalar.span, f"write {meant}")
        filled = self._filled(scalar)
        is_right = self._is_known and not self._is_wrong
        return filled if is_right else scalar._replace(value=tree.UNKNOWN)

    def _filled(self, scalar: Scalar) -> Node:
        text = str(scalar.value)
        whole = _WRITTEN.fullmatch(text)
        if whole and whole["inner"] is not None and whole["end"] and not self._is_text:
            if _COLUMN.fullmatch(text) and _is_input_of_a_step(self._place):
                return scalar._replace(value=_NO_EXPRESSION + text[1:])
            if self._stays(whole["inner"]):
                return scalar._replace(value=_NO_EXPRESSION + text[1:])
            value = self._value(whole["inner"].strip(), scalar.span)
            return scalar if value is None else used(value, scalar.span)
        parts: list[str] = []
        made_of: list[Related] = []
        start = 0
        for match in _WRITTEN.finditer(text):
            parts += [text[start : match.start()], self._part(match, scalar.span, made_of)]
            start = match.end()
        filled = joined([*parts, text[start:]], "{")
        return scalar if filled == text else scalar._replace(value=filled, made_of=tuple(made_of))

    def _part(self, match: re.Match[str], span: Span, made_of: list[Related]) -> str:
        """What stands for an expression in a text; a variable's value is added to what the text is made of."""
        if match["escape"]:
            return _NO_EXPRESSION + "{"
        if match["theirs"]:
            return match.group()
        if not match["end"]:
            help = "close it with }, or write $${ for a literal ${"
            self._report(MALFORMED, f'"{match.group()}" is not closed', span, help)
            return match.group()
        if self._stays(match["inner"]):
            return _NO_EXPRESSION + match.group()[1:]
        value = self._value(match["inner"].strip(), span)
        if value is None:
            return match.group()
        self._is_known &= plain(value) is not tree.UNKNOWN
        if not isinstance(value, Scalar):
            kind = "list" if isinstance(value, Sequence) else "mapping"
            message = f"{match.group()} is a {kind}, which can't be part of a text"
            related = (Related(f"the {kind} is written here", value.span),)
            self._report(NOT_A_TEXT, message, span, f"write only {match.group()}", related)
            return match.group()
        if value.span != span:
            made_of.append(Related(f"{match['inner'].strip()} is written here", value.span))
        made_of.extend(value.made_of)
        return as_text(value.value)

    def _stays(self, inner: str) -> bool:
        """Whether the service fills it in; in the value of a variable, wherever that may be used."""
        root, _, name = inner.partition(".")
        if root == VARIABLE and (self._declared or name not in self._lookups):
            return False
        if not self._declared:
            return self._passes(self._section, inner)
        if not any(self._passes(section, inner) for section in self._sections):
            return False
        self._of_services.setdefault(self._declared, inner)
        return True

    def _value(self, inner: str, span: Span) -> Node | None:
        """What an expression stands for; None for a reference to an entry, and for what is unknown and reported."""
        if self._is_full:
            return None
        if inner in self._texts:
            return Scalar(self._texts[inner], span)
        section, _, rest = inner.partition(".")
        if section == VARIABLE:
            return self._variable(rest, span)
        if section in self._later:
            self._is_known = False
        elif section == EACH and self._for_each:
            return None
        elif section == EACH:
            keys = listed(sorted(word for word in self._templates if self._is_key(word)))
            help = "write it in the body of an entry with for_each: [<a name>, <another>]"
            help += f"; what others make is named by their keys: {keys}" if keys else ""
            self._report(EACH_UNKNOWN, f'"${{{inner}}}" stands in no entry with for_each', span, help)
        elif section == RUN:
            self._judge_run_value(rest, span)
        elif section not in self._sections:
            self._report_unknown(inner, span)
        elif not says_what_is_meant(inner):
            message = f'"${{{inner}}}" does not say what of the entry is meant'
            help = f"end it with one of .{', .'.join(ATTRIBUTES)}"
            if _COLUMN.fullmatch(f"${{{inner}}}"):
                help += f"; for a literal ${{{inner}}} write $${{{inner}}}"
            self._report(UNKNOWN, message, span, help)
        return None

    def _is_key(self, word: str) -> bool:
        """Whether what names a template is its key alone, without the section in which it stands."""
        return word.partition(".")[0] not in self._sections

    def _judge_run_value(self, name: str, span: Span) -> None:
        """What a run knows stays for the phase that knows whether a run fills in the place."""
        if name not in self._of_run and len(self._said) <= MAX_SAID_OF_A_TEXT:
            places: tuple[Related, ...] = ()
            asked, known = f"{PARAMETER}.", f"Known of a run: {listed(self._of_run)}"
            if name.startswith(asked):
                parameter = name.removeprefix(asked)
                near = closest_name(parameter, [each.removeprefix(asked) for each in self._of_run if asked in each])
                closest = near and f"{asked}{near}"
                places = of_nearly_the_name(parameter, self._parameters, "pipelines.train.parameters")
                known += f"; declare it: pipelines.train.parameters: {{{parameter}: {{type: string, default: …}}}}"
            else:
                closest = closest_name(name, self._of_run)
            help = question(closest, known)
            self._report(UNKNOWN, f'"${{{RUN}.{name}}}" is not known', span, help, places)

    def _variable(self, name: str, span: Span) -> Node | None:
        if name not in self.names:
            self._is_wrong = True
            if self._declarations is None or self._has_said_enough():
                return None
            declared = f"Defined: {listed(sorted(self.names))}"
            if not name.isidentifier():
                declared = f"{NOT_COMPUTED}; where targets differ, overrides of a target say it"
            elif not self.names:
                declared = f"declare it: variables: {{{name}: {{type: string, default: …}}}}"
            help = question(closest_name(name, self.names), declared)
            near = of_nearly_the_name(name, places_of(self._declarations), "variables")
            self._report(UNKNOWN, f'variable "{name}" is not declared', span, help, near)
            return None
        if name in self._lookups:
            message = f'variable "{name}" is looked up when a bundle of Databricks is deployed, and not known here'
            help = "write the value itself here; in sections of Databricks the variable may stand"
            self._report(UNKNOWN, message, span, help)
            return None
        if self._declared in self._circular and name in self._circular:
            message = f'the value of variable "{self._declared}" is made of itself, by "${{var.{name}}}"'
            self._report(UNKNOWN, message, span, "write one of the values itself")
            return None
        theirs = self._of_services.get(name, "")
        if theirs and self._declared:
            self._of_services.setdefault(self._declared, theirs)
        elif theirs and not self._passes(self._section, theirs):
            message = f'"${{{theirs}}}", of which the value of variable "{name}" is made, is not known here'
            self._report(UNKNOWN, message, span, "a service fills it in, in its own sections alone")
            return None
        return self.variables[name] if self._has_room_for(name, span) else None

    def _has_room_for(self, name: str, span: Span) -> bool:
        """Whether a value may be filled in once more; where it is too much for the first time, that is said."""
        nodes, characters = self._sizes[name]
        self._nodes += nodes
        self._characters += characters
        if self._characters <= MAX_FILLED_CHARACTERS and self._nodes <= MAX_FILLED_NODES:
            return True
        self._is_full = True
        limit = f"{MAX_FILLED_CHARACTERS:,} characters"
        if self._nodes > MAX_FILLED_NODES:
            limit = f"{MAX_FILLED_NODES:,} values"
        help = "use the value where it is needed, or shorten it"
        self._report(TOO_MUCH, f'"${{var.{name}}}" brings what variables fill in to more than {limit}', span, help)
        return False

    def _report_unknown(self, inner: str, span: Span) -> None:
        self._is_wrong = True
        if not self._has_said_enough():
            self._report(UNKNOWN, f'"${{{inner}}}" is not known', span, self._help_for_unknown(inner))

    def _help_for_unknown(self, inner: str) -> str | None:
        if help := self._meant_elsewhere(f"${{{inner}}}"):
            return help
        if inner.startswith("local."):  # of Terraform
            return variable_meant(inner)
        if _CALL.fullmatch(inner):
            return NOT_COMPUTED
        if _PROPERTY.search(inner):
            ends = f"one of .{', .'.join(ATTRIBUTES)}"
            return f"name the entry alone where one is due; in a text write ${{<section>.<entry>.name}}, {ends}"
        section, dot, rest = inner.partition(".")
        if inner in self.names:
            return question(f"var.{inner}")
        closest = closest_name(inner, self._texts)
        if closest is None and rest:
            known = closest_name(section, ("var", *self._sections))
            closest = known and f"{known}{dot}{rest}"
        return question(closest, f"for a literal ${{{inner}}} write $${{{inner}}}")

    def _has_said_enough(self) -> bool:
        """Whether no more is put into words: of this text, or of all."""
        return len(self._said) > MAX_SAID_OF_A_TEXT or len(self.diagnostics) > MAX_FOUND

    def _report(
        self, code: Code, message: str, span: Span, help: str | None, related: tuple[Related, ...] = ()
    ) -> None:
        """Say a mistake once of a text, and of the mistakes of one no more than anybody mends at a time."""
        self._is_wrong = True
        if message in self._said or self._has_said_enough():
            return
        self._said.add(message)
        if len(self.diagnostics) == MAX_FOUND:
            self.diagnostics.append(left_out(span))
            return
        if len(self._said) > MAX_SAID_OF_A_TEXT:
            message, help, related = MORE, None, ()
        self.diagnostics.append(finding(code, message, span, help, related))


def _is_input_of_a_step(place: list[str]) -> bool:
    """Whether a text is the value of an input of a step: <entry>.jobs.<step>.inputs.<input>, or deeper."""
    return len(place) >= 5 and place[-4] == "jobs" and place[-2] == "inputs"
