"""Static files get hashed names, and so do the modules that they import."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.templatetags.static import static
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


def test_each_file_has_its_own_hashed_address_however_often_it_is_asked_for(collected: Path) -> None:
    addresses = [static(name) for name in ("js/a.js", "js/b.js", "js/a.js", "js/b.js")]
    assert addresses[:2] == addresses[2:]
    assert [re.fullmatch(r"/static/js/(.)\.[0-9a-f]{12}\.js", each)[1] for each in addresses[:2]] == ["a", "b"]  # type: ignore[index]
    assert all((collected / each.removeprefix("/static/")).exists() for each in addresses)
