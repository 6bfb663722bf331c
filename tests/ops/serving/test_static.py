"""Static files are collected when one changed, and only then."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from recordings_site.ops.serving.static import collect_static_files


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    """A static file of a site that has no others of its own."""
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATIC_ROOT = tmp_path / "collected"
    file = tmp_path / "static" / "a.css"
    file.parent.mkdir()
    file.write_text("a {}")
    return file


def test_nothing_is_done_the_second_time(file: Path) -> None:
    assert collect_static_files()
    assert not collect_static_files()


def test_a_changed_file_is_collected_again(file: Path, settings: Settings) -> None:
    collect_static_files()
    before = file.stat().st_mtime
    file.write_text("b {}")
    os.utime(file, (before + 5, before + 5))
    assert collect_static_files()
    assert (Path(settings.STATIC_ROOT) / "a.css").read_text() == "b {}"


def test_an_interrupted_collection_is_done_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    collect_static_files()
    file.with_name("b.css").write_text("b {}")
    with monkeypatch.context() as patch:
        patch.setattr("recordings_site.ops.serving.static.call_command", interrupt)
        with pytest.raises(KeyboardInterrupt):
            collect_static_files()
    file.with_name("b.css").unlink()
    assert collect_static_files()
