"""How the documentation is built: `make docs`, warnings as errors."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from openai_org_usage import __version__  # noqa: E402
from tools.reference import write_reference  # noqa: E402

project = "openai-org-usage"
version = release = __version__
suppress_warnings = ["misc.highlighting_failure"]  # SQL for dbt has Jinja in it, cron has no lexer.
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True  # Of what is printed below a command, nothing is copied.
html_theme = "furo"
html_title = f"openai-org-usage {__version__}"
html_show_copyright = False
default_role = "code"  # Of `words` in docstrings, as in Markdown.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = True
nitpicky = False

write_reference(HERE / "endpoints")
