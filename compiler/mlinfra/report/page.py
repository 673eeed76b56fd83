"""The page: everything on it is made here; its script shows, hides, moves and marks what is there."""

from __future__ import annotations

from collections import Counter

from mlinfra.differ.titles import hint
from mlinfra.differ.words import WORDS, headline, verdict_sentences
from mlinfra.drawing.theme import FONTS, LOOKS, colors
from mlinfra.formats.html import fixed, source_of
from mlinfra.formats.jinja import fixed_text, render
from mlinfra.report.access import data, gained
from mlinfra.report.changes import Split, changes, split, title
from mlinfra.report.costs import FULL, costs
from mlinfra.report.everything import everything
from mlinfra.report.following import following
from mlinfra.report.maps import AMOUNTS, maps
from mlinfra.report.model import LOOKS as LOOKS_OF_CLASSES
from mlinfra.report.model import WORDS_OF_LOOKS, Told


def page(found: Told) -> str:
    """One file of HTML that loads nothing; the same difference gives the same bytes."""
    of = split(found)
    listed = changes(found, of)
    drawn = maps(found)
    style = fixed(f"{_themes()}{LOOKS}{fixed_text('report/report.css')}")
    script = fixed(fixed_text("report/report.js"))
    context = {
        "policy": f"default-src 'none'; style-src {source_of(style)}; script-src {source_of(script)}; "
        "base-uri 'none'; form-action 'none'",
        "style": style,
        "script": script,
        "platform": found.now.header.platform,
        "between": found.between,
        "command": found.command,
        "compiler": found.compiler,
        "targets": found.targets,
        "first": _first_target(found, of),
        "title": title(found, of),
        "verdict": hint(of.own).replace("`", "") + " ".join(verdict_sentences(found.difference, found.targets)),
        "counts": _counts(found),
        "notes": found.difference.notes,
        "changes": listed,
        "lines": following(found),
        "maps": drawn.maps,
        "amounts": AMOUNTS,
        "looks": WORDS_OF_LOOKS,
        "gained": gained(found),
        "data": data(found),
        "costs": costs(found),
        "full": FULL,
        "things": everything(found, drawn.looks),
    }
    return render("report/report.html.j2", context)


def _themes() -> str:
    dark = colors(1)
    of_system = f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}"
    chosen = f":root[data-theme=dark]{{color-scheme:dark;{dark}}}"
    light = f"color-scheme:light;{colors(0)}"
    printed = f"@media print{{:root:root{{{light}}}}}"  # on white paper, whatever was chosen
    return f":root{{--fonts:{FONTS};{light}}}{of_system}{chosen}{printed}"


def _first_target(found: Told, of: Split) -> str:
    """Where the page opens: the last target in which the worst happens, which is mostly production, else the last."""
    shared = {target.name for target in found.now.header.targets if target.shared}
    stages = [target for target in found.targets if target not in shared] or found.targets
    worst = of.own[0].targets if of.own else ()
    for there in (worst, found.difference.targets):
        if changed := [target for target in stages if target in there]:
            return changed[-1]
    return stages[-1]


def _counts(found: Told) -> list[tuple[str, str]]:
    """Look and text of each chip."""
    counts = Counter(headline(each) for each in found.difference.changes)
    return [(LOOKS_OF_CLASSES[name], f"{counts[name]} {word}") for name, word in WORDS.items() if counts[name]]
