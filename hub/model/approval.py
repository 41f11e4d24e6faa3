"""What must be approved before it is done: a tenant's rules, and what was decided about one command (D13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from hub.model.values import Money

APPROVAL = "approval"
"""Kind of the policies that say which commands somebody must approve, or nobody may give."""
BY_SETTINGS = "opshub.toml"
"""Actor of the rules that come from the settings."""


class Ruling(StrEnum):
    """What a rule does with the commands that it fits."""

    APPROVE = "APPROVE"
    """Somebody else must approve them first."""
    DENY = "DENY"
    """They are refused."""
    ALLOW = "ALLOW"
    """Nothing: how a rule is put out of force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """Which commands somebody must approve, or nobody may give. What is not named does not matter."""

    action: str
    """The mutation's name."""
    ruling: Ruling = Ruling.APPROVE
    """What becomes of what fits."""
    above: Money | None = None
    """Only what concerns goods worth more than this; worth in another currency, or not known, counts as more."""
    unless: str | None = None
    """Not for callers whose credential holds this scope."""
    actor: str | None = None
    """Only for this caller."""
    hours: Decimal = Decimal(72)
    """How long what must be approved waits for it."""

    @property
    def patience(self) -> timedelta:
        """How long what must be approved waits for it."""
        return timedelta(hours=float(self.hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRule:
    """A rule as it stands: under its name, in one version."""

    name: str
    version: int
    rule: ApprovalRule


class ApprovalState(StrEnum):
    """How far an approval is."""

    WAITING = "WAITING"
    """Nobody has decided; nothing is done."""
    APPROVED = "APPROVED"
    """Somebody said yes, and it is done as if it had been asked for at that moment."""
    REFUSED = "REFUSED"
    """Somebody said no."""
    EXPIRED = "EXPIRED"
    """Nobody decided in time."""
    UNFIT = "UNFIT"
    """Somebody said yes, and it could not be done any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That a command must be approved, and what was decided."""

    state: ApprovalState = ApprovalState.WAITING
    """How far it is."""
    reason: str
    """Why somebody must approve it."""
    until: datetime
    """When it is given up if nobody has decided."""
    rule: str
    """Name of the policy that asks for it."""
    rule_version: int
    """Its version."""
    by: str | None = None
    """Who decided."""
    at: datetime | None = None
    """When it was decided, or given up."""
    words: str | None = None
    """Why it was decided so."""

    @property
    def waits(self) -> bool:
        """Whether nobody has decided."""
        return self.state is ApprovalState.WAITING

    @property
    def is_void(self) -> bool:
        """Whether it ended without the command being done."""
        return self.state in (ApprovalState.REFUSED, ApprovalState.EXPIRED, ApprovalState.UNFIT)

    @property
    def story(self) -> str:
        """Why somebody must approve it, and what became of that: one sentence."""
        words = "" if self.words is None else f": {self.words}"
        said = {
            ApprovalState.WAITING: "",
            ApprovalState.APPROVED: f"; approved by {self.by}{words}",
            ApprovalState.REFUSED: f"; refused by {self.by}{words}",
            ApprovalState.EXPIRED: "; nobody decided in time",
            ApprovalState.UNFIT: f"; approved by {self.by}, and no longer possible{words}",
        }
        return self.reason + said[self.state]


def ruling_of(rules: tuple[NamedRule, ...], action: str, caller: tuple[str, frozenset[str]], worth: Money | None) -> (
    NamedRule | None
):  # fmt: skip
    """The strictest rule that fits a command of *caller* (actor, scopes) about goods of *worth*; None: it is allowed.

    Of rules that ask for approval the one that waits the shortest.
    """
    fitting = [one for one in rules if one.rule.ruling is not Ruling.ALLOW and _fits(one.rule, action, caller, worth)]
    return min(fitting, key=lambda one: (one.rule.ruling is not Ruling.DENY, one.rule.hours, one.name), default=None)


def reason_of(named: NamedRule, worth: Money | None) -> str:
    """Why a rule fits, in words."""
    rule = named.rule
    if rule.above is None:
        return f"{rule.action} needs approval ({named.name})"
    what = "of unknown worth" if worth is None else f"of {worth.amount.normalize():f} {worth.currency_code}"
    limit = f"{rule.above.amount.normalize():f} {rule.above.currency_code}"
    return f"{rule.action} {what} needs approval above {limit} ({named.name})"


def _fits(rule: ApprovalRule, action: str, caller: tuple[str, frozenset[str]], worth: Money | None) -> bool:
    actor, scopes = caller
    if rule.action != action or (rule.unless is not None and rule.unless in scopes):
        return False
    if rule.actor is not None and rule.actor != actor:
        return False
    limit = rule.above
    if limit is None or worth is None or worth.currency_code != limit.currency_code:
        return True
    return worth.amount > limit.amount
