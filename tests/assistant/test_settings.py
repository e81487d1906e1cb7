"""Settings: from the environment, once."""

from pathlib import Path

import pytest

from assistant.settings import Settings
from corpus.errors import ExpectedError


def test_folders_and_model_are_taken_from_the_environment():
    settings = Settings.from_environment(
        {
            "RESOLUTIONS_HOME": "/srv/texts",
            "RESOLUTIONS_CACHE": "/srv/cache",
            "RESOLUTIONS_MODEL": "some/model",
        }
    )

    assert settings == Settings(Path("/srv/texts"), Path("/srv/cache"), "some/model")


def test_a_model_that_is_named_goes_before_the_environment():
    settings = Settings.from_environment({"RESOLUTIONS_MODEL": "some/model"}, model="another")

    assert settings.model == "another"


@pytest.mark.parametrize("environment", [{}, {"RESOLUTIONS_HOME": "", "RESOLUTIONS_MODEL": ""}])
def test_what_is_not_set_has_its_usual_place(environment):
    settings = Settings.from_environment(environment)

    assert settings.home.is_absolute()
    assert "resolutions-assistant" in settings.home.parts
    assert settings.home != settings.cache
    assert settings.model is None


def test_a_tilde_is_the_home_of_the_user(monkeypatch):
    monkeypatch.setenv("HOME", "/home/of/somebody")

    settings = Settings.from_environment({"RESOLUTIONS_HOME": "~/texts"})

    assert settings.home == Path("/home/of/somebody/texts")


@pytest.mark.parametrize("name", ["RESOLUTIONS_HOME", "RESOLUTIONS_CACHE"])
def test_the_home_of_a_user_that_is_not_known_is_told(name):
    with pytest.raises(ExpectedError, match=f"{name}=~nobody-of-that-name/x.*write the path"):
        Settings.from_environment({name: "~nobody-of-that-name/x"})
