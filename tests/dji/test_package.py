"""dji could be published on its own."""

import ast
import sys
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
