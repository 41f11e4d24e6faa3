"""The sections' defaults are safe and complete."""

from hub.settings import HttpSettings, Settings, StoreSettings


def test_nothing_configured_means_the_embedded_store_on_the_loopback() -> None:
    settings = Settings()
    assert settings.store == StoreSettings(url=None, pooled=False)
    assert settings.http.host == "127.0.0.1"
    assert settings.sources == {}


def test_the_published_limits_are_the_defaults() -> None:
    http = HttpSettings()
    assert (http.max_body, http.max_delivery, http.max_response) == (262_144, 1_048_576, 8_388_608)
    assert http.deadline.total_seconds() == 10
