"""Colours and looks, light and dark: of pictures that stand alone, and of pages that show them."""

from __future__ import annotations

from collections.abc import Mapping

FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,"DejaVu Sans",sans-serif'
LAYERS = 8  # layers with a colour of their own; the next ones begin anew

# Names of colours, each with its light and its dark value. Text on its ground has a contrast of 4.5 or more (WCAG 2.2,
# 1.4.3), and lines and borders one of 3 (1.4.11); tests/drawing/test_svg.py counts it.
COLORS: Mapping[str, tuple[str, str]] = {
    "bg": ("#f6f7f9", "#0f1318"),
    "card": ("#ffffff", "#171c23"),
    "ink": ("#1b2027", "#e8ecf1"),
    "dim": ("#59636e", "#a0abb8"),
    "line": ("#d5dae1", "#323b47"),
    "soft": ("#eef1f5", "#212832"),
    "link": ("#0a5bc4", "#7db4ff"),
    "red": ("#b3261e", "#ff8f86"),
    "redbg": ("#fdecea", "#3b1a19"),
    "amb": ("#8a5200", "#f2b65a"),
    "ambbg": ("#fff3dc", "#38290f"),
    "grn": ("#116b35", "#6ed397"),
    "grnbg": ("#e5f5ea", "#12301f"),
    "vio": ("#6a3cb5", "#c3a4ff"),
    "viobg": ("#f0eafb", "#2a2140"),
    "l0": ("#1f6aa5", "#74b4ea"),
    "l1": ("#856300", "#d8b44a"),
    "l2": ("#6a4fb3", "#b7a0f2"),
    "l3": ("#1d7a52", "#6fcfa3"),
    "l4": ("#ad4f1f", "#f2a277"),
    "l5": ("#a3346a", "#f191bd"),
    "l6": ("#0e7681", "#5fc6d0"),
    "l7": ("#5b6670", "#a9b6c2"),
}


def colors(theme: int) -> str:
    """The colours as custom properties: 0 the light ones, 1 the dark ones."""
    return "".join(f"--{name}:{pair[theme]};" for name, pair in COLORS.items())


def alone() -> str:
    """The style of a picture that stands alone."""
    themes = f"svg{{{colors(0)}}}@media(prefers-color-scheme:dark){{svg{{{colors(1)}}}}}"
    return f"{themes}svg{{background:var(--bg);font-family:{FONTS}}}{LOOKS}"


def _layers() -> str:
    return "".join(
        f".l{n}{{stroke:var(--l{n})}}.b{n}{{fill:var(--l{n})}}marker .b{n}{{stroke:none}}" for n in range(LAYERS)
    )


LOOKS = (
    "text{fill:var(--ink);font-size:12px}.col{font-size:13px;font-weight:600}.kd,.nt,.wi{fill:var(--dim);font-size:11px}"
    ".kd,.wi{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}"  # a halo, where lines pass
    ".grp{fill:var(--card);stroke:var(--line)}.foot{fill:var(--dim);font-size:12px}"
    ".n rect.r{fill:var(--card);stroke:var(--line)}path{fill:none;stroke-width:1.1;stroke-opacity:.55}"
    f"marker path{{stroke:none;fill-opacity:.8}}{_layers()}path.dash{{stroke-dasharray:3 4}}"
    "path.was{stroke:var(--red);stroke-dasharray:5 4;stroke-opacity:.9}"
    ".stay rect.r{stroke:var(--red);fill:var(--redbg);stroke-dasharray:5 3}"
    ".look rect.r{stroke:var(--amb);fill:var(--ambbg);stroke-width:2}"
    ".made rect.r{stroke:var(--grn);fill:var(--grnbg)}.hit rect.r{stroke:var(--vio);fill:var(--viobg)}"
    ".open rect.r{stroke:var(--vio);fill:var(--viobg);stroke-width:2.5}"
)
