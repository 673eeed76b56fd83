"""What can be wrong with a YAML file, before anything in it is understood."""

from mlinfra.diagnostics import Code

NOT_UTF8 = Code(
    "MLI102",
    "error",
    "File is not UTF-8",
    "Everything in the output is UTF-8, and a guess at another encoding turns names into other names",
    "Save the file as UTF-8; a byte order mark at its start is allowed",
    "https://yaml.org/spec/1.1/",
)
CONTROL_CHARACTER = Code(
    "MLI103",
    "error",
    "Control character",
    "A NUL, an escape or another character that no editor shows can't be passed on to Bicep, YAML and the shell as "
    "it is, and hides what "
    "a reviewer approves",
    "Remove the character; tab and line break are allowed, in quotes as \\t and \\n",
    "https://yaml.org/spec/1.1/",
)
SYNTAX = Code(
    "MLI104",
    "error",
    "YAML does not parse",
    "Where the structure of the text is broken, nothing after that place can be trusted",
    "Look at the place and at the line above it: an unclosed quote or bracket, a line that is indented differently "
    "from its neighbours, "
    'or a text with ": ", "#", "@" or "{" that needs quotes',
    "https://yaml.org/spec/1.1/",
)
TAB = Code(
    "MLI105",
    "error",
    "Tab where YAML takes spaces",
    "YAML indents only with spaces: how wide a tab is differs from editor to editor, so it can't say what belongs "
    "to what",
    "Replace the tab by spaces (two a level), and let the editor insert spaces for tabs in YAML files",
    "https://yaml.org/spec/1.1/",
)
EMPTY = Code(
    "MLI106",
    "error",
    "File is empty",
    "There is nothing to compile: comments alone don't describe a platform",
    "Start with apiVersion, platform, location and one target; the shortest complete example is specs/minimal",
    "docs/language.md#shape",
)
NOT_A_MAPPING = Code(
    "MLI107",
    "error",
    "File holds no sections",
    "A file is a mapping of header keys and sections; a list or a single value has no names to refer to",
    "Write sections such as `data:` at the left margin, and entries by name below them",
    "docs/language.md#shape",
)
SEVERAL_DOCUMENTS = Code(
    "MLI108",
    "error",
    "Several documents in one file",
    "One platform is one document; what follows a second `---` would be read by nobody",
    "Delete the `---`, or put the second document in a file of its own and name it under `include:`",
    "docs/language.md#files-and-includes",
)
DUPLICATE_KEY = Code(
    "MLI109",
    "error",
    "Key is written twice",
    "Most YAML readers keep the last of two equal keys without a word, so half of what was written would be lost",
    "Move what the second one holds under the first, or give one of them another name",
    "https://yaml.org/spec/1.1/",
)
KEY_NOT_TEXT = Code(
    "MLI110",
    "error",
    "Key that is not text",
    "YAML reads some words and all figures as truth values, numbers or nothing; as a key they would silently turn "
    "into another name. An empty key names nothing",
    'Quote the key: "on", "2024", "null"',
    "https://yaml.org/type/",
)
ANCHOR = Code(
    "MLI111",
    "error",
    "Alias without its anchor, or two anchors of one name",
    "An alias (*name) repeats what an anchor (&name) marked above it in the same file: once, and completely",
    "Give every anchor its own name, define it before it is used, and don't use it inside itself",
    "https://yaml.org/spec/1.1/",
)
TOO_LARGE = Code(
    "MLI112",
    "error",
    "Nested too deep, or repeated too often",
    "A few lines of aliases that repeat aliases can stand for billions of values; a reader that follows them runs "
    "out of memory",
    "Write out what is meant; for one platform in many parts use `include:`",
    "docs/language.md#yaml",
)
TAG = Code(
    "MLI113",
    "error",
    "Tag is not supported",
    "A tag asks the reader for a type of its own; only YAML's core types exist everywhere that the output goes",
    "Leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq",
    "https://yaml.org/type/",
)
NO_VALUE = Code(
    "MLI114",
    "error",
    "Number that JSON can't hold",
    "Infinity, not-a-number and figures beyond every bound exist in YAML, not in JSON, Bicep or the REST API that "
    "takes them",
    "Write a finite number, or quote the value if text is meant",
    "https://www.rfc-editor.org/rfc/rfc8259#section-6",
)
WORD_AS_BOOLEAN = Code(
    "MLI115",
    "warning",
    "Word is read as true or false",
    "YAML 1.1, which the Azure ML CLI uses, reads yes, no, on and off as truth values; YAML 1.2 and most people read "
    "words",
    "Write true or false where that is meant, else quote the word",
    "https://yaml.org/type/bool.html",
)
BASE_60 = Code(
    "MLI116",
    "warning",
    "Time is read as a number of base 60",
    "YAML 1.1 reads 12:30:00 as 45000, the seconds of the time; YAML 1.2 and most people read text",
    "Quote the value, or write the number",
    "https://yaml.org/type/int.html",
)
OCTAL = Code(
    "MLI825",
    "warning",
    "Number with a leading zero is read to the base 8",
    "YAML 1.1 reads 010 as 8; YAML 1.2 and most people read 10",
    "Quote the value, or write the number without the zero",
    "https://yaml.org/type/int.html",
)
SHORTENED = Code(
    "MLI826",
    "warning",
    "Version is read as a number",
    "YAML reads 1.10 as the number 1.1, and the asset gets that version",
    "Quote the version",
    "https://yaml.org/type/float.html",
)
CURLY = Code(
    "MLI854",
    "warning",
    "Quotes that are none to YAML",
    "Word processors and chats put curly quotes in place of plain ones; to YAML they are part of the text",
    "Write \" or ' in their place",
    "https://yaml.org/spec/1.2.2/#73-flow-scalar-styles",
)
MERGE = Code(
    "MLI117",
    "error",
    "Merge key of something other than a mapping",
    "`<<:` copies the fields of a mapping, or of each in a list of mappings, into the one it stands in; anything "
    "else has no fields",
    "Let `<<:` be an alias of a mapping (`<<: *defaults`), or quote the key if it is your own",
    "https://yaml.org/type/merge.html",
)

HIDDEN = Code(
    "MLI135",
    "warning",
    "Invisible character",
    "A character that turns the direction of writing, takes no room, or ends a line only in some editors shows a "
    "reviewer another text than the one that is read, in comments too",
    'Delete the character; where a text needs it, write it in double quotes as an escape such as "\\u200f", and ignore '
    "the finding with the reason",
    "https://www.unicode.org/reports/tr55/",
)

READ_OTHERWISE = Code(
    "MLI137",
    "error",
    "Text that other readers of YAML read otherwise",
    "The Azure ML client reads files of components, jobs and conda specifications itself: where it sees another path "
    "than the compiler, another folder is uploaded than the one that was judged",
    "Write it so that every reader agrees: no line ends but CR and LF, no directives, no merge keys that differ",
    "https://yaml.org/spec/1.2.2/#54-line-break-characters",
)

CODES = (
    NOT_UTF8,
    CONTROL_CHARACTER,
    SYNTAX,
    TAB,
    EMPTY,
    NOT_A_MAPPING,
    SEVERAL_DOCUMENTS,
    DUPLICATE_KEY,
    KEY_NOT_TEXT,
    ANCHOR,
    TOO_LARGE,
    TAG,
    NO_VALUE,
    WORD_AS_BOOLEAN,
    BASE_60,
    OCTAL,
    SHORTENED,
    CURLY,
    MERGE,
    HIDDEN,
    READ_OTHERWISE,
)
