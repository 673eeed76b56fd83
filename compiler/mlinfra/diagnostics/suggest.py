"""The one sentence that helps after a name nobody knows."""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Any, TypeVar

T = TypeVar("T")

MAX_NAMES_SHOWN = 10  # a longer list is not read
MIN_SIMILARITY = 0.6  # difflib's own default: "gpuu" finds "gpu", "storage" does not find "gpu"
MIN_SIMILARITY_OF_A_SLIP = 0.8  # two characters of ten are other ones
MIN_BEGINNING = 3  # characters of a word that are enough to know what it begins
MAX_PAIRS_COMPARED = 30_000  # of characters, for one word; some milliseconds, and a spec may hold thousands of words
MIN_PAIRS_COMPARED = 3_000  # the same, however many names there are: the ten nearest of 20 characters
MAX_PAIRS_OF_ALL = 10_000_000  # where as many words as there are names are slips of them; two seconds
MAX_NEIGHBOURS = 20  # names on each side of a word that are compared where all of them are too many


_NUMBERS = re.compile(r"[0-9]{1,15}")
_TOLD = re.compile(r"write (\w+)\b")
_UNPARTED = re.compile(r"([a-z][a-z0-9_]*):([\w.-]+)")  # size:Standard_D4ds_v4


class Names:
    """Names that a word may have meant; made once, they are put in order once for many words."""

    def __init__(self, candidates: Collection[str]) -> None:
        self._candidates = candidates

    @cached_property
    def sorted(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._candidates)))

    @cached_property
    def listed(self) -> str:
        return listed(self.sorted)

    @cached_property
    def by_lower_case(self) -> dict[str, str]:
        return {name.lower(): name for name in reversed(self.sorted)}

    def near(self, word: str) -> list[str]:
        """The names that are worth a comparison, no more than there is time for."""
        room = self._pairs // max(1, len(word))
        if self._characters <= room:
            return list(self.by_lower_case)
        begin_alike = _around(word, self._forwards)
        end_alike = [name[::-1] for name in _around(word[::-1], self._backwards)]
        pairs = zip_longest(begin_alike, end_alike)
        near = []
        for name in dict.fromkeys(name for pair in pairs for name in pair if name is not None):
            room -= len(name)
            if room >= 0:
                near.append(name)
        return near

    @cached_property
    def _pairs(self) -> int:
        """How many pairs are compared for one word: the more names, the more words may be slips of them."""
        of_each = MAX_PAIRS_OF_ALL // max(1, len(self.by_lower_case))
        return max(MIN_PAIRS_COMPARED, min(MAX_PAIRS_COMPARED, of_each))

    @cached_property
    def _characters(self) -> int:
        return sum(map(len, self.by_lower_case))

    @cached_property
    def _forwards(self) -> list[str]:
        return sorted(self.by_lower_case)

    @cached_property
    def _backwards(self) -> list[str]:
        return sorted(name[::-1] for name in self.by_lower_case)


class Known(dict[str, T]):
    """Names with what is known of each, such as its place: put in order once for all words that may be one of them."""

    @cached_property
    def names(self) -> Names:
        return Names(self)


def did_you_mean(word: str, candidates: Iterable[str] | Names) -> str | None:
    """Return the help text for an unknown `word`, or None where nothing is defined.

    >>> did_you_mean("gpuu", ["gpu", "cpu"])
    'did you mean "gpu"? Defined: cpu, gpu'
    >>> did_you_mean("lake", ["gpu", "cpu"])
    'Defined: cpu, gpu'
    """
    names = _names(candidates)
    if not names.sorted:
        return None
    return question(_closest(word.lower(), names), f"{_of_another_script(word)}Defined: {names.listed}")


def _of_another_script(word: str) -> str:
    """What looks like a letter of the alphabet and is none, as the begin of a sentence that goes on.

    >>> _of_another_script("\u0441ompute"), _of_another_script("compute")
    ('the \u0441 of it is U+0441 CYRILLIC SMALL LETTER ES. ', '')
    """
    odd = next((letter for letter in word if letter.isalpha() and not letter.isascii()), None)
    if odd is None:
        return ""
    return f"the {odd} of it is U+{ord(odd):04X} {unicodedata.name(odd, '')}. "


def question(name: str | None, help: str | None = None) -> str | None:
    """Ask whether a name was meant, in front of what helps anyway; without a name that alone.

    >>> question("gpu", "the spec has cpu, gpu"), question(None, "the spec has cpu"), question("gpu")
    ('did you mean "gpu"? The spec has cpu, gpu', 'the spec has cpu', 'did you mean "gpu"?')
    """
    if name is None:
        return help
    return f'did you mean "{name}"?' + (f" {help[0].upper()}{help[1:]}" if help else "")


def suggestion(word: str, known: Collection[str]) -> str | None:
    """The name that was meant, and all of them where they are few enough to read."""
    closest = meant_name(word, known)
    if len(known) <= MAX_NAMES_SHOWN and closest is None:
        return f"one of {', '.join(known)}"
    return question(closest, _of_another_script(word).rstrip(". ") or None)


def meant_name(word: str, known: Collection[str]) -> str | None:
    """The name that is close to a word, or the only one that begins with it, or the first that ends with it.

    >>> meant_name("ZRS", ["Standard_LRS", "Standard_ZRS", "Premium_ZRS"])
    'Standard_ZRS'
    """
    begun = [name for name in known if word and name.startswith(word)]
    ended = [name for name in known if word and name.lower().endswith(f"_{word.lower()}")]
    return closest_name(word, known) or next(iter(begun if len(begun) == 1 else ended), None)


def closest_name(word: str, candidates: Iterable[str] | Names) -> str | None:
    """Return the candidate most like `word` without regard to case, or None where none is close.

    Of more names than can be compared in time, those are that begin or end most like the word.
    """
    return _closest(word.lower(), _names(candidates))


def known_elsewhere(word: str, called: Mapping[str, str]) -> str | None:
    """What to write instead of a word that Azure's templates, Terraform or an older SDK have for it, if `called` says.

    So of a key and its value that no blank parts.

    >>> known_elsewhere("isHnsEnabled", {"ishnsenabled": "write hierarchical_namespace"})
    'write hierarchical_namespace'
    >>> known_elsewhere("size:Standard_D4ds_v4", {})
    'put a blank behind the colon: size: Standard_D4ds_v4'
    """
    if unparted := _UNPARTED.fullmatch(word):
        return f"put a blank behind the colon: {unparted[1]}: {unparted[2]}"
    if word == _FOR_EACH:
        return "write it right below the key of an entry, of a section or nested in one: nothing else is made for each"
    return value_elsewhere(word, called) or value_elsewhere(word, _OF_DOCUMENTS)


_FOR_EACH = "for_each"  # our own word, where it takes no effect


def value_elsewhere(word: str, called: Mapping[str, str]) -> str | None:
    """The same of a word that is no key: `tier: spot`."""
    return called.get(_letters(word))


def with_its_letters(word: str, known: Iterable[str]) -> str | None:
    """The name here that has the letters of a word, parted otherwise: whatever that is called elsewhere, it is meant.

    >>> with_its_letters("noteboo_ktask", ["notebook_task"])
    'notebook_task'
    """
    return next((name for name in known if name != word and _letters(name) == _letters(word)), None)


def _letters(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


# What the documents of Azure Resource Manager and Kubernetes have around what an entry says.
_OF_DOCUMENTS: Mapping[str, str] = {
    "apiversion": "leave it out: mlinfra knows the version of each API",
    "type": "leave it out: where it stands says what it is",
    "kind": "leave it out: where it stands says what it is",
    "dependson": "leave it out: what an entry names is made before it",
    "resourcegroupname": "leave it out: what is created lies in the group of its target",
    "metadata": "leave it out: the key of the entry is its name, and its fields stand right below it",
    **dict.fromkeys(
        ("dev", "test", "prod", "production", "development"),
        "write it in the target: targets: {<target>: {overrides: {<section>: {<entry>: {…}}}}}",
    ),
    "labels": "write tags",
    "annotations": "write tags",
    "lock": "write locks: {<name>: {of: <section>.<entry>, level: cannot_delete}}; production has them",
    "lifecycle": "leave it out: moved keeps what is called otherwise, and in production a lock keeps what holds data",
    "source": "leave it out: there are no modules, and the fields stand in the entry",
    "foreach": "write for_each: [<a name>, <another>]",
    "count": "write for_each: [<a name>, <another>], which makes an entry for each",
    "spec": "leave it out, and write what it holds right below the entry",
}


_NAMES = frozenset(
    f"{of}name"
    for of in ("", "account", "cluster", "compute", "endpoint", "registry", "resource", "vault", "workspace")
)


def of_a_name(word: str, known: Collection[str]) -> str | None:
    """What to write instead of an unknown key that names an entry, where `azure_name` would.

    >>> of_a_name("accountName", ["azure_name"])
    'leave it out: the key of an entry is its name, and azure_name says another one on Azure'
    """
    if "azure_name" not in known or word.lower().replace("_", "").replace("-", "") not in _NAMES:
        return None
    return "leave it out: the key of an entry is its name, and azure_name says another one on Azure"


def led_to(help: str | None, known: Collection[str]) -> str | None:
    """The field that a help tells to write instead of what is not known here.

    >>> led_to("write trigger: {type: cron, expression: …}", ["trigger", "create_job"]), led_to("leave it out", ["it"])
    ('trigger', None)
    """
    found = _TOLD.match(help or "")
    return found[1] if found and found[1] in known else None


def nearer(word: str, called: Mapping[str, str], known: Collection[str]) -> str | None:
    """The name here of which a word is a slip, where the word is one of elsewhere as well, that means another thing."""
    near = closest_name(word, known)
    if near is None or not is_slip(word, near) or led_to(known_elsewhere(word, called), known):
        return None
    return near


def name_for(word: str, called: Mapping[str, str], known: Collection[str]) -> str | None:
    """The one of the names here that is another word for that one, where nothing but the word differs."""
    name = (known_elsewhere(word, called) or "").removeprefix("write ").partition(", which ")[0]
    return name if name in known else None


@lru_cache(maxsize=1024)  # keys of bodies are asked by the thousand, and few differ
def is_slip(word: str, name: str) -> bool:
    """Whether a word is a name with a slip in it, and no other word that begins or ends alike.

    >>> is_slip("max_instancs", "max_instances"), is_slip("create_monitor", "create_job"), is_slip("tyep", "type")
    (True, False, True)
    """
    one, other = word.lower(), name.lower()
    return _is_swapped(one, other) or difflib.SequenceMatcher(None, one, other).ratio() >= MIN_SIMILARITY_OF_A_SLIP


def _is_swapped(word: str, name: str) -> bool:
    """Whether two neighbours among the letters changed places; in a short word that leaves little alike."""
    wrong = [place for place, (one, other) in enumerate(zip(word, name, strict=False)) if one != other]
    if len(word) != len(name) or len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    first, second = wrong
    return word[first] == name[second] and word[second] == name[first]


def may_be_meant(word: str, name: str, value: object) -> bool:
    """Whether what stands under a key is judged as if the key were the name: of a mapping, what is in it tells more."""
    return is_slip(word, name) or isinstance(value, Mapping)


def _names(candidates: Iterable[str] | Names) -> Names:
    if isinstance(candidates, Known):
        return candidates.names
    return candidates if isinstance(candidates, Names) else _sorted_names(tuple(sorted(set(candidates))))


@lru_cache(maxsize=8)
def _sorted_names(candidates: tuple[str, ...]) -> Names:
    return Names(candidates)


@lru_cache(maxsize=256)
def _closest(word: str, names: Names) -> str | None:
    if word in names.by_lower_case:
        return names.by_lower_case[word]
    near = names.near(word)
    matches = difflib.get_close_matches(word, near, n=MAX_NAMES_SHOWN, cutoff=MIN_SIMILARITY) or _begun_alike(
        word, near
    )
    return names.by_lower_case[_of_nearest_number(word, matches)] if matches else None


def _begun_alike(word: str, near: list[str]) -> list[str]:
    """The only name that a word begins, or that is short for it.

    >>> _begun_alike("production", ["prod", "dev"]), _begun_alike("path_on_compute", ["path"])
    (['prod'], [])
    """
    if len(word) < MIN_BEGINNING:
        return []
    alike = [name for name in near if name.startswith(word) or _is_short_for(name, word)]
    return alike if len(alike) == 1 else []


def _is_short_for(name: str, word: str) -> bool:
    return len(name) >= MIN_BEGINNING and word.startswith(name) and word[len(name) :].isalpha()


def _of_nearest_number(word: str, matches: list[str]) -> str:
    """The best match; of those that are as near and differ from the word only by a number, that of the nearest number.

    >>> _of_nearest_number("tls1_0", ["tls1_3", "tls1_2"]), _of_nearest_number("v44", ["v4", "v45"])
    ('tls1_2', 'v4')
    """
    stem, best = _NUMBERS.sub("", word), matches[0]
    if stem == word or _NUMBERS.sub("", best) != stem:
        return best
    nearest = _likeness(word, best)
    alike = [name for name in matches if _NUMBERS.sub("", name) == stem and _likeness(word, name) == nearest]
    return min(alike, key=lambda name: [abs(a - b) for a, b in zip(_numbers(word), _numbers(name), strict=False)])


def _likeness(word: str, name: str) -> float:
    return difflib.SequenceMatcher(None, name, word).ratio()


def _numbers(word: str) -> list[int]:
    return [int(number) for number in _NUMBERS.findall(word)]


def _around(word: str, names: list[str]) -> list[str]:
    """The names next to a word in a sorted list, those on both sides in turn."""
    place = bisect_left(names, word)
    before = names[max(0, place - MAX_NEIGHBOURS) : place][::-1]
    behind = names[place : place + MAX_NEIGHBOURS]
    return [name for pair in zip_longest(before, behind) for name in pair if name is not None]


def flow(example: Any) -> str:
    """An example as YAML has it in one line."""
    if isinstance(example, dict):
        return f"{{{', '.join(f'{key}: {flow(value)}' for key, value in example.items())}}}"
    if isinstance(example, list):
        return f"[{', '.join(map(flow, example))}]"
    if isinstance(example, bool):
        return str(example).lower()
    return f'"{example}"' if isinstance(example, str) and example.isdecimal() else str(example)


def listed(names: Iterable[str], limit: int = MAX_NAMES_SHOWN, are_all: bool = True) -> str:
    """Return the names, comma-separated in the given order, cut after `limit` with the number left out.

    >>> listed(["a", "b", "c"], limit=2), listed(["a", "b", "c"], limit=2, are_all=False)
    ('a, b, … and 1 more', 'a, b, … and at least 1 more')
    """
    every = list(names)
    shown = every[:limit]
    rest = len(every) - len(shown)
    return ", ".join(shown) + (f", … and {'' if are_all else 'at least '}{rest} more" if rest else "")
