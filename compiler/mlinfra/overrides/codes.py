"""What can be wrong with an expression, `${…}`, in the text of a spec."""

from mlinfra.diagnostics import Code

UNKNOWN = Code(
    "MLI235",
    "error",
    "Unknown expression",
    "What stands in ${…} is filled in by the compiler; what it does not know would reach Azure as it is written",
    "Use ${var.<name>}, ${target.name}, ${target.mode}, ${platform}, ${<address>.name}, .id or .location, or, where a "
    "run fills it in, ${run.date} and its like; for a literal ${ write $${",
    "docs/language.md#substitution",
)
MALFORMED = Code(
    "MLI236",
    "error",
    "Expression without one of its braces",
    "A ${ without its } is a slip of the pen or a literal; the compiler can't know which. Nobody takes $var.<name> "
    "or $(var.<name>) for the value of a variable of the spec",
    "Write both braces; for a literal ${ write $${",
    "docs/language.md#substitution",
)
NOT_A_TEXT = Code(
    "MLI237",
    "error",
    "List or mapping inside a text",
    "A list or a mapping has no form as part of a text that every reader would agree on",
    "Let the value be only ${var.<name>}, which then is the list or mapping, or use a variable of another type",
    "docs/language.md#substitution",
)
IN_A_KEY = Code(
    "MLI136",
    "error",
    "Expression in a key",
    "Keys are names: a reader finds an entry, a tag or a variable by them, and two that become equal would be one",
    "Write the key itself; for a literal ${ write $${",
    "docs/language.md#substitution",
)
TOO_MUCH = Code(
    "MLI239",
    "error",
    "Variables fill in too much",
    "A long value that is used thousands of times makes a platform of gigabytes out of a spec of kilobytes",
    "Use the value where it is needed, or shorten it",
    "https://cwe.mitre.org/data/definitions/405.html",
)
CODES = (UNKNOWN, MALFORMED, NOT_A_TEXT, IN_A_KEY, TOO_MUCH)
