"""`meguri app` before a server runs: what is missing, taken or not writable is said in plain words."""

import importlib.util
import socket

import pytest
from typer.testing import CliRunner

from meguri.app.cli import app
from meguri.base.errors import DataError


def run(*words: str):
    return CliRunner().invoke(app, ["app", "--no-browser", *words])


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch, lang):
    there = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "fastapi" else there(name))
    told = run("--lang", lang)
    assert told.exit_code == 2
    assert told.stderr.count("\n") == 1 and 'pip install "meguri[app]"' in told.stderr


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        told = run("--port", str(other.getsockname()[1]), "--workspace", str(tmp_path))
    assert isinstance(told.exception, DataError) and told.exception.problems[0].key == "app_port"


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    told = run("--workspace", str(tmp_path / "file"))
    assert isinstance(told.exception, DataError) and told.exception.problems[0].key == "app_folder"
