"""What an operator decides: frozen sections, loaded once by the CLI or the app factory, passed on in slices."""

from hub.settings.fill import convert
from hub.settings.kafka import KafkaSettings
from hub.settings.load import load
from hub.settings.measures import MetricsSettings, OtlpSettings
from hub.settings.partners import NoticeSettings, SmtpSettings, WebhookSettings
from hub.settings.returns import ReturnsSettings
from hub.settings.search import SearchSettings
from hub.settings.secret import Secret
from hub.settings.sections import (
    ApprovalSettings,
    ChangeSettings,
    ChannelSettings,
    HttpSettings,
    KeySettings,
    LogSettings,
    RoutingSettings,
    Settings,
    SourceSettings,
    StoreSettings,
)

__all__ = [
    "ApprovalSettings",
    "ChangeSettings",
    "ChannelSettings",
    "HttpSettings",
    "KafkaSettings",
    "KeySettings",
    "LogSettings",
    "MetricsSettings",
    "NoticeSettings",
    "OtlpSettings",
    "ReturnsSettings",
    "RoutingSettings",
    "SearchSettings",
    "Secret",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "StoreSettings",
    "WebhookSettings",
    "convert",
    "load",
]
