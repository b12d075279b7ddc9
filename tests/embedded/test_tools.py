"""Where a tool is looked for, when a cached one is believed, and how one is made (with a stand-in for Go)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cli import doctor
from embedded import builds, install, tools
from embedded.part import StackError

GO = """#!/bin/sh
case "$1" in
env) echo go1.26.6 ;;
install)
    echo "github.com/temporalio/cli"
    [ -n "$GO_FAILS" ] && { echo "no such module" >&2; exit 1; }
    mkdir -p "$GOBIN" "$GOMODCACHE" "$GOCACHE"
    echo "$@" > "$GOMODCACHE/../../asked"
    printf '#!/bin/sh\\necho made' > "$GOBIN/temporal"
    chmod +x "$GOBIN/temporal" ;;
esac
"""


def program(path: Path, text: str = "#!/bin/sh\necho Server 1.29.1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with an empty cache and nothing of ours on the PATH but the shell."""
    for name in tools.RECIPES:
        monkeypatch.delenv(tools.variable(name), raising=False)
    monkeypatch.delenv("ARGUS_ALLOW_DOWNLOAD", raising=False)
    monkeypatch.setenv("ARGUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return dict(os.environ)


def cached(tmp_path: Path, version: str) -> Path:
    path = program(tmp_path / "cache/bin/temporal")
    tools.stamp("temporal", tmp_path / "cache").write_text(version)
    return path


def test_an_explicit_path_goes_before_the_cache_and_the_path(tmp_path: Path, environ: dict[str, str]) -> None:
    cached(tmp_path, tools.RECIPES["temporal"].version)
    program(tmp_path / "bin/temporal")
    chosen = program(tmp_path / "mine")
    found = tools.find("temporal", {**environ, "ARGUS_TOOL_TEMPORAL": str(chosen)})
    assert found == tools.Tool("temporal", chosen, "ARGUS_TOOL_TEMPORAL")


def test_the_cache_goes_before_the_path(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path / "bin/temporal")
    path = cached(tmp_path, tools.RECIPES["temporal"].version + "\n")
    assert tools.find("temporal", environ) == tools.Tool("temporal", path, "cache")


@pytest.mark.parametrize("version", ["v1.0.0", ""])
def test_a_cached_tool_of_another_version_is_not_taken(tmp_path: Path, environ: dict[str, str], version: str) -> None:
    cached(tmp_path, version)
    assert tools.find("temporal", environ) is None


def test_an_unfinished_build_is_not_taken(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path / "cache/bin/temporal")  # no stamp
    assert tools.find("temporal", environ) is None


@pytest.mark.parametrize(
    ("said", "taken"), [("Server 1.29.1", True), ("Server 1.31.0", True), ("Server 1.24.2", False), ("", False)]
)
def test_one_on_the_path_is_taken_if_it_is_new_enough(
    tmp_path: Path, environ: dict[str, str], said: str, taken: bool
) -> None:
    program(tmp_path / "bin/temporal", f"#!/bin/sh\necho 'temporal version 0 ({said})'")
    assert (tools.find("temporal", environ) is not None) == taken


def test_an_explicit_path_that_cannot_be_run_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(StackError, match="ARGUS_TOOL_MINIO=/no/minio is not a program that can be run"):
        tools.find("minio", {**environ, "ARGUS_TOOL_MINIO": "/no/minio"})


def test_a_missing_tool_says_how_to_get_it(environ: dict[str, str]) -> None:
    with pytest.raises(
        StackError, match=r"livekit-server \(rooms\) is not here: `make setup` gets it, or set ARGUS_TOOL_"
    ):
        tools.required("livekit-server", environ)


def test_the_cache_follows_xdg(tmp_path: Path) -> None:
    assert tools.cache_dir({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "argus-dock"
    assert tools.cache_dir({}) == Path.home() / ".cache/argus-dock"


def test_a_build_leaves_the_program_its_stamp_and_nothing_else(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path / "bin/go", GO)
    told: list[str] = []
    tool = install.ensure("temporal", told.append)
    recipe = tools.RECIPES["temporal"]
    assert tool == tools.Tool("temporal", tmp_path / "cache/bin/temporal", "cache")
    asked = (tmp_path / "cache/asked").read_text().split()
    assert asked == ["install", "-v", "-ldflags=-s", "-w", f"{recipe.module}@{recipe.version}"]
    assert told == ["github.com/temporalio/cli"]
    assert not (tmp_path / "cache/build").exists()


def test_a_build_that_fails_says_what_to_look_at_and_leaves_nothing(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin/go", GO)
    monkeypatch.setenv("GO_FAILS", "1")
    with pytest.raises(StackError, match=r"temporal could not be built\. Are Go modules reachable") as raised:
        install.ensure("temporal", lambda line: None)
    assert "no such module" in str(raised.value)
    assert not (tmp_path / "cache/build").exists()
    assert tools.find("temporal") is None


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path / "bin/go", GO)
    (tmp_path / "cache/build/objects").mkdir(parents=True)
    install.ensure("temporal", lambda line: None)
    assert not (tmp_path / "cache/build").exists()


def test_a_full_disk_is_named_before_a_build(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds, "DISK_NEEDED", 10**18)
    with pytest.raises(StackError, match="free some, or set ARGUS_CACHE"):
        install.ensure("minio", lambda line: None)


def test_doctor_says_what_is_missing_and_what_to_do(environ: dict[str, str]) -> None:
    findings = {finding.name: finding for finding in doctor.examine()}
    assert findings["temporal"] == doctor.Finding(
        "temporal", ok=False, cure="`make setup` gets it, or set ARGUS_TOOL_TEMPORAL"
    )
    assert findings["Go"].ok
    assert findings["Python packages"].ok
