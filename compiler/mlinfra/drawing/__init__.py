"""drawing: boxes in layers and the lines between them, placed and printed as SVG without a browser."""
