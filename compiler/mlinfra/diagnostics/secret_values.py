"""Values that are no secret whatever name they stand under: references, calls, paths, globs, digests and words."""

from __future__ import annotations

import re

MAX_VALUE_CHARACTERS = 400  # of a value that is judged: a longer one is no path, no digest and no word

REFERENCES = ("$", "<", "azureml:", "@", "{{", "%(", "`")
_SWITCHES = re.compile(
    r"(?i:true|false|yes|no|on|off|none|null|nil|undefined|optional|required|prompt|interactive|unset|empty|n/a)"
)
_PLACEHOLDER = re.compile(
    r"[*xX.#_-]+|%\w+%"
    r"|(?i:to[ _-]?do|tbd|fix[ _-]?me|change[ _-]?me|placeholder|dummy|redacted|masked|replace[ _-]?(?:me|this))"
    r"|(?i:(?:insert|enter|put)(?:[ _-](?:your|the))?[ _-]\w{1,20}(?:[ _-]here)?)"
    r"|(?i:your(?:[ _-][a-z]{1,20}){1,5})"
)
_PATH = re.compile(r"(?:\.{0,2}|~[\w-]*)/|[A-Za-z]:[\\/]|[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+/[\w./-]*\.\w+\Z")
_GLOB = re.compile(r"(?=[^*?]*[*?])[\w./*?\[\]{},!=@+-]+")
_END_OF_A_GLOB = re.compile(r"\*\.\w{1,16}\Z")
_DIGEST = re.compile(
    r"(?i:md5|sha-?(?:1|224|256|384|512)|sha3-\d{3}|blake(?:2[bs]|3))[:=-]"
    r"(?:[0-9a-fA-F]{8,128}|[A-Za-z0-9+/_-]{22,88}={0,2})"
)
_CALLED = r"(?:await |new |lambda: ?)?(?:[A-Za-z_]{2,60}|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)"
_CALL = re.compile(rf"{_CALLED}(?:\(.*\)|\[.+\])[\w.()\[\]\"' -]*", re.DOTALL)
_START_OF_A_CALL = re.compile(rf"{_CALLED}[(\[]|\(")
_FIELD = re.compile(
    r"(?i:args|arguments|cfg|cls|conf|config|context|credentials?|creds|ctx|env|inputs|kwargs|options|opts|os|params)"
    r"(?:\.[A-Za-z_]\w*)+|(?i:process|request|secrets|self|settings|this)(?:\.[A-Za-z_]\w*)+"
)
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9+]{16,}")
_RUN = re.compile(r"[A-Za-z0-9+]{16,}")
_BETWEEN_PARTS = re.compile(r"[^A-Za-z0-9]+")
_SEPARATORS = re.compile(r"[._/ -]+")
_PART = re.compile(r"[A-Za-z]{1,15}[0-9]{0,4}|[0-9]{1,4}")
_WORD = re.compile(r"[^\w\s]{0,4}[A-Za-z]{0,8}[^\w\s]{0,4}")


def is_no_secret(value: str) -> bool:
    """Whether a value is no secret under any name: a reference, a switch, a placeholder, a path, a digest or a call.

    >>> is_no_secret("/mnt/db.txt"), is_no_secret("**/*.csv"), is_no_secret("getpass()"), is_no_secret("hunter2")
    (True, True, True, False)
    """
    if not value or value.startswith(REFERENCES) or _SWITCHES.fullmatch(value) or _PLACEHOLDER.fullmatch(value):
        return True
    if len(value) > MAX_VALUE_CHARACTERS:
        return False
    return is_path(value) or _is_glob(value) or bool(_DIGEST.fullmatch(value) or _CALL.fullmatch(value))


def is_path(value: str) -> bool:
    """Whether a value is a path or an address; base64 may begin with a slash, and is none.

    >>> is_path("./src"), is_path("C:/src"), is_path("/q7Zk3vXwP9mL2nRtYbUc")
    (True, True, False)
    """
    return bool(_PATH.match(value)) and not any(_MIXED.fullmatch(run) for run in _RUN.findall(value))


def _is_glob(value: str) -> bool:
    if not _GLOB.fullmatch(value):
        return False
    names_files = "**" in value or _END_OF_A_GLOB.search(value) is not None
    return names_files or ("/" in value and all(map(_PART.fullmatch, filter(None, _BETWEEN_PARTS.split(value)))))


def starts_a_call(value: str) -> bool:
    """Whether code stands where a value begins: a call, what it is called with, or an item of something.

    >>> starts_a_call("getpass.getpass()"), starts_a_call("os.environ["), starts_a_call("hunter2")
    (True, True, False)
    """
    return _START_OF_A_CALL.match(value) is not None


def is_attribute(value: str) -> bool:
    """Whether a value is a field of what programs keep their settings in.

    >>> is_attribute("args.password"), is_attribute("john.smith")
    (True, False)
    """
    return _FIELD.fullmatch(value) is not None


def is_short_word(value: str) -> bool:
    """Whether a value is a short word, in brackets or without, or a number of few digits.

    >>> is_short_word("[CLS]"), is_short_word("5"), is_short_word("hunter2"), is_short_word("cornflower")
    (True, True, False, False)
    """
    return _WORD.fullmatch(value) is not None or (value.isdigit() and len(value) < 8)


def is_name(value: str) -> bool:
    """Whether a value is a name of several words, as a secret of a vault has.

    >>> is_name("storage-key-2"), is_name("kv_prod"), is_name("x y"), is_name("a8f5f167-f44f49")
    (True, True, False, False)
    """
    parts = _SEPARATORS.split(value[:MAX_VALUE_CHARACTERS])
    words = [part for part in parts if len(part) > 1 and part.isalpha()]
    return len(parts) > 1 and bool(words) and all(map(_PART.fullmatch, parts))
