"""dji could be published on its own."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dji
from dji.model import REGISTRY
from dji.schema import table

FOLDER = Path(dji.__file__).parent
NEEDS = {"dji", "pydantic", "pydantic_core", "orjson", "lxml", "defusedxml"}
SOURCES = sorted(FOLDER.rglob("*.py"))
MODELS = sorted(set(REGISTRY.values()), key=lambda model: model.__qualname__)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_it_imports_nothing_of_ours(source: Path) -> None:
    tree = ast.parse(source.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.split(".")[0] for name in names}
    assert tops - NEEDS <= sys.stdlib_module_names
    assert not tops & {"socket", "subprocess", "asyncio", "threading", "urllib", "http"}


def test_it_declares_what_it_needs_and_that_it_is_typed() -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["wpml"]]
    # pydantic brings its core along.
    assert {re.split(r"[<>=]", name)[0] for name in wanted} == NEEDS - {"dji", "pydantic_core"}
    assert (FOLDER / project["readme"]).is_file()
    assert (FOLDER / "py.typed").is_file()


ALONE = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import dji
for module in pkgutil.walk_packages(dji.__path__, "dji."):
    importlib.import_module(module.name)
message = dji.decode("thing/product/SN/events", b'{"method": "cover_open", "data": {"output": {"status": "ok"}}}')
assert message.data.status == "ok"
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_it_works_where_nothing_else_of_ours_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "dji").symlink_to(FOLDER)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    ours = {path.name for path in FOLDER.parent.iterdir() if (path / "__init__.py").is_file()} | {"settings", "timings"}
    assert set(ran.stdout.split()) & ours == {"dji"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_and_field_says_what_it_means(model: type[dji.Body]) -> None:
    assert model.__doc__
    for leaf in table(model).values():
        assert leaf.spec.doc.endswith("."), leaf.name
        assert leaf.spec.doc.isascii(), leaf.name
        for meaning in leaf.spec.values.values():
            assert meaning, leaf.name


def test_every_model_has_a_json_schema() -> None:
    for model in MODELS:
        assert model.model_json_schema()["title"] == model.__name__
