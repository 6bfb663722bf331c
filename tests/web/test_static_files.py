"""Static files get hashed names, and so do the modules that they import."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

MODULE = 'import { a } from "./a.js";\nconsole.log(a);\n'


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    """The static files as an installation serves them, and two modules of ours."""
    ours = tmp_path / "ours"
    (ours / "js").mkdir(parents=True)
    (ours / "js" / "a.js").write_text("export const a = 1;\n")
    (ours / "js" / "b.js").write_text(MODULE)
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, ours]
    settings.STATIC_ROOT = tmp_path / "collected"
    backend = {"BACKEND": "recordings_site.web.static_files.HashedStaticFiles"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "collected"


def test_a_module_imports_the_hashed_name_of_another(collected: Path) -> None:
    (module,) = (collected / "js").glob("b.????????????.js")
    assert re.search(r'from "\./a\.[0-9a-f]{12}\.js"', module.read_text())
