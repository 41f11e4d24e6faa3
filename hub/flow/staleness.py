"""How old what a source said may be before it is stale (design D3). Pure."""

from __future__ import annotations

from datetime import timedelta

from hub.model.manifest import SourceBinding
from hub.model.vocabulary import FieldGroup, Kind

USUAL_TARGET = timedelta(minutes=15)
"""Where the manifest names no target for a group."""


def target_of(binding: SourceBinding | None, group: FieldGroup | None = None) -> timedelta:
    """Older than this is stale; without a group, the strictest the source promises."""
    if binding is None or not binding.manifest.staleness:
        return USUAL_TARGET
    if group is not None:
        return binding.manifest.staleness.get(group, USUAL_TARGET)
    return min(binding.manifest.staleness.values())


def allowed(binding: SourceBinding, kind: Kind, group: FieldGroup | None = None) -> timedelta:
    """How old a thing of *kind* may be: the target of the group, or of all its groups, but two rounds of its sweeps.

    A target that is stricter than the rhythm at which the kind is looked for at all would only flicker.
    """
    groups = (group,) if group is not None else binding.manifest.groups.get(kind, ())
    target = min((target_of(binding, one) for one in groups), default=target_of(binding))
    sweeps = binding.manifest.sweeps.get(swept_as(binding, kind), ())
    return max(target, 2 * min((one.every for one in sweeps if one.covers), default=timedelta()))


def swept_as(binding: SourceBinding, kind: Kind) -> Kind:
    """The kind whose sweeps see a kind."""
    return binding.manifest.carried.get(kind, kind)
