"""Names that mean two things to git: a branch and a tag, or a reference and the first digits of a commit.

git takes the tag, and only warns. Whoever may push a tag would choose what a branch is compared with, so such a name is
an error. A full name such as refs/heads/main, the full id of a commit, and HEAD, which only this clone has, mean one
thing. Source: gitrevisions, "<refname>", with the order in which git looks a name up.
"""

from __future__ import annotations

import re
from collections.abc import Callable

FULL = "refs/"
_PLACES = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_STEPS = re.compile(r"[~^]|@\{")
_ONLY_HERE = ("", "@", "HEAD")
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_FIRST_DIGITS = re.compile(r"(?:.+-g)?(?P<digits>[0-9a-f]{4,64})", re.IGNORECASE)  # also as `git describe` prints them

Asked = Callable[..., str | None]  # what git prints, None where it fails


def base_of(revision: str) -> str:
    """The name from which a revision takes its steps: main of main~2, nothing of @{-1}."""
    return _STEPS.split(revision, maxsplit=1)[0]


def is_exact(base: str) -> bool:
    """Whether nothing that is fetched can give this name a second meaning."""
    return base in _ONLY_HERE or base.startswith(FULL) or _ID.fullmatch(base) is not None


def meanings(base: str, ask: Asked) -> list[str]:
    """All that the name of a reference may mean, in full, in the order in which git takes them.

    Of first digits that name no reference, git takes the only commit that has them, or refuses.
    """
    places = [place.format(base) for place in _PLACES]
    there = set((ask("for-each-ref", "--format=%(refname)", *places) or "").splitlines())
    found = [place for place in places if place in there]
    digits = _FIRST_DIGITS.fullmatch(base)
    objects = (ask("rev-parse", f"--disambiguate={digits['digits']}") or "").split() if found and digits else []
    return [*found, *objects]
