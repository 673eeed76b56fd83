"""What can be wrong with the header: the keys that describe the platform as a whole, its variables and its targets."""

from mlinfra.bodies.later import NOT_SUPPORTED
from mlinfra.diagnostics import Code

API_VERSION = Code(
    "MLI201",
    "error",
    "apiVersion is not one that this release reads",
    "The version says which language the file is written in; another release may read the same words differently",
    "Write `apiVersion: mlinfra/v1`",
    "docs/language.md#header",
)
MISSING = Code(
    "MLI202",
    "error",
    "Header key is missing",
    "Names, subscriptions and presets are computed from the header; none of these can be guessed",
    "Add the key; specs/minimal shows the shortest complete header",
    "docs/language.md#header",
)
UNKNOWN_KEY = Code(
    "MLI203",
    "error",
    "Unknown key",
    "A key that nobody reads looks as if it did something: a misspelt section would silently not be deployed",
    "Correct the spelling; a key of your own starts with x-",
    "docs/language.md#unknown-keys",
)
WRONG_TYPE = Code(
    "MLI204",
    "error",
    "Wrong type of value in the header",
    "A figure where text is due, or a list where a mapping is due, can't be passed on as it is meant",
    "Write the type that the message asks for; figures and yes or no that are meant as text need quotes",
    "docs/language.md#header",
    message_says_it=True,
)
BAD_VALUE = Code(
    "MLI205",
    "error",
    "Value does not fit its header key",
    "The platform's and the targets' names are part of every Azure name, folder and pipeline stage, and the tightest "
    "of these sets the rule",
    "Write a value as the message describes it",
    "docs/language.md#header",
    message_says_it=True,
)
DEFAULTS = Code(
    "MLI206",
    "error",
    "More than one default target",
    "`graph` and `explain` show one target where none is named",
    "Keep `default: true` at one target",
    "docs/language.md#targets",
)
PROMOTION = Code(
    "MLI207",
    "error",
    "Promotion does not lead from target to target",
    "A release goes from the first target along `promote_from` to the last; a target that comes from nowhere or from "
    "itself is never reached",
    "Let `promote_from` name another target, without a circle",
    "docs/language.md#targets",
)
DECLARATION = Code(
    "MLI208",
    "error",
    "Variable is not declared right",
    "A variable's type decides what `${var.name}` stands for, and what is refused before anything is deployed",
    "Declare it as {type: string, integer, number, boolean, list or map, default, description, allowed}",
    "docs/language.md#variables",
)
VALUE = Code(
    "MLI209",
    "error",
    "Value is not one that its variable takes",
    "The declaration is a promise to every place that uses the variable",
    "Give a value of the declared type that is among the allowed ones, or change the declaration",
    "docs/language.md#variables",
)
WITHOUT_VALUE = Code(
    "MLI210",
    "error",
    "Variable has no value in a target",
    "Each target is compiled on its own, so each needs a value for every variable",
    "Give a default, a value under the target's `variables`, or --var NAME=VALUE",
    "docs/language.md#variables",
)
UNKNOWN_VARIABLE = Code(
    "MLI211",
    "error",
    "Unknown variable",
    "A value for a variable that nobody declared changes nothing",
    "Declare it under `variables`, or correct the spelling",
    "docs/language.md#variables",
)
MOVED = Code(
    "MLI360",
    "error",
    "Line of `moved` that contradicts itself or another one",
    "A name on Azure follows from one address: of two addresses, or of one in another section, no name follows",
    "Write one line for each renaming, from the address before to the address after it",
    "docs/language.md#what-was-renamed",
)
ACCEPTS_NOTHING = Code(
    "MLI548",
    "warning",
    "Line of `accept` that no difference needs",
    "What was accepted is merged, or never came: a line that stays accepts what nobody has looked at yet",
    "Take it out, or correct the address, the class or the targets",
    "docs/diff.md#what-was-looked-at",
)
ACCEPTS_ANOTHER = Code(
    "MLI549",
    "warning",
    "Line of `accept` that is about another change",
    "Somebody looked at one change of an entry; what is due now is another one, and nobody may have seen it",
    "Look at it, and write the 12 digits that `mlinfra diff` prints for it",
    "docs/diff.md#what-was-looked-at",
)

CODES = (
    ACCEPTS_NOTHING,
    ACCEPTS_ANOTHER,
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
    MOVED,
)
