"""How `make docs` builds these pages: Markdown by MyST, every warning an error."""

project = "Alumni graphnet"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "A graph-based networking engine for a university's alumni association",
    "fixed_sidebar": True,
}
html_show_sphinx = False
html_copy_source = False
myst_heading_anchors = 3
