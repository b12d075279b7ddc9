"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from store.seal import Seal


def test_what_is_sealed_opens_again_and_does_not_show() -> None:
    seal = Seal(Fernet.generate_key().decode())
    sealed = seal.close("the password")
    assert "password" not in sealed
    assert seal.open(sealed) == "the password"


def test_another_key_opens_nothing_and_says_which_setting_to_look_at() -> None:
    sealed = Seal(Fernet.generate_key().decode()).close("the password")
    with pytest.raises(ValueError, match="ARGUS_SEAL_KEY"):
        Seal(Fernet.generate_key().decode()).open(sealed)


def test_a_key_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError):
        Seal("short")
