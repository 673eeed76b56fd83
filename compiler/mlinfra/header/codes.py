"""What can be wrong with the header: the keys that describe the platform as a whole, its variables and its targets."""

from mlinfra.diagnostics import Code

_SHAPE = "design of the language, Shape"

API_VERSION = Code(
    "MLI201",
    "error",
    "apiVersion is not one that this release reads",
    "The version says which language the file is written in; another release may read the same words differently",
    "Write `apiVersion: mlinfra/v1`",
    _SHAPE,
)
MISSING = Code(
    "MLI202",
    "error",
    "Header key is missing",
    "Names, subscriptions and presets are computed from the header; none of these can be guessed",
    "Add the key; specs/minimal shows the shortest complete header",
    _SHAPE,
)
NOT_SUPPORTED = Code(
    "MLI221",
    "error",
    "A section that this release does not compile",
    "A section that is read and not compiled would look deployed and be missing",
    "Leave the section out, and keep that part where it is managed today",
    "the language's list of sections",
)
UNKNOWN_KEY = Code(
    "MLI203",
    "error",
    "Unknown key",
    "A key that nobody reads looks as if it did something: a misspelt section would silently not be deployed",
    "Correct the spelling; a key of your own starts with x-",
    "design of the language, Unknown keys",
)
WRONG_TYPE = Code(
    "MLI204",
    "error",
    "Wrong type of value in the header",
    "A figure where text is due, or a list where a mapping is due, can't be passed on as it is meant",
    "Write the type that the message asks for; figures and yes or no that are meant as text need quotes",
    _SHAPE,
)
BAD_VALUE = Code(
    "MLI205",
    "error",
    "Value does not fit its header key",
    "The platform's and the targets' names are part of every Azure name, folder and pipeline stage, and the tightest "
    "of these sets the rule",
    "Write a value as the message describes it",
    "design of the language, Shape and Rules; azure-facts part 2 for the limits of names",
)
DEFAULTS = Code(
    "MLI206",
    "error",
    "More than one default target",
    "`graph` and `explain` show one target where none is named",
    "Keep `default: true` at one target",
    "design of the language, the closed list",
)
PROMOTION = Code(
    "MLI207",
    "error",
    "Promotion does not lead from target to target",
    "A release goes from the first target along `promote_from` to the last; a target that comes from nowhere or from "
    "itself is never reached",
    "Let `promote_from` name another target, without a circle",
    "design of the interface, Who deploys what",
)
DECLARATION = Code(
    "MLI208",
    "error",
    "Variable is not declared right",
    "A variable's type decides what `${var.name}` stands for, and what is refused before anything is deployed",
    "Declare it as {type: string, integer, number, boolean, list or map, default, description, allowed}",
    "design of the language, variables",
)
VALUE = Code(
    "MLI209",
    "error",
    "Value is not one that its variable takes",
    "The declaration is a promise to every place that uses the variable",
    "Give a value of the declared type that is among the allowed ones, or change the declaration",
    "design of the language, variables",
)
WITHOUT_VALUE = Code(
    "MLI210",
    "error",
    "Variable has no value in a target",
    "Each target is compiled on its own, so each needs a value for every variable",
    "Give a default, a value under the target's `variables`, or --var NAME=VALUE",
    "design of the language, variables",
)
UNKNOWN_VARIABLE = Code(
    "MLI211",
    "error",
    "Unknown variable",
    "A value for a variable that nobody declared changes nothing",
    "Declare it under `variables`, or correct the spelling",
    "design of the language, variables",
)

CODES = (
    API_VERSION,
    MISSING,
    NOT_SUPPORTED,
    UNKNOWN_KEY,
    WRONG_TYPE,
    BAD_VALUE,
    DEFAULTS,
    PROMOTION,
    DECLARATION,
    VALUE,
    WITHOUT_VALUE,
    UNKNOWN_VARIABLE,
)
