"""Renders the pages: of a report, of a training run, of a class. They have one look, base.html.j2.

A page is one file that asks nothing of a network. What a stranger wrote is escaped, and the page's
own policy lets no script run.
"""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from .cases import as_text

TEMPLATES = Path(__file__).with_name("templates")


def render(template: Path, **values: object) -> str:
    """Returns the page that a template makes of values; ``title`` is one of each.

    Raises: jinja2.UndefinedError if the template needs a value that is not given.
    """
    return _environment(template.parent).get_template(template.name).render(values)


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    """Compiles each template once."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["points"] = as_text
    return environment
