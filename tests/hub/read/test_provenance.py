from dataclasses import replace
from datetime import timedelta

from hub.model.values import FieldConflict, Speaker
from hub.model.views import FieldProvenance
from hub.model.vocabulary import FieldGroup, Freshness, Kind, SystemKind
from hub.read.provenance import provenance
from tests.kit.orders import NOON, landscape, make_order, make_record
from tests.kit.wholes import NOW, make_whole


def speaker(group: FieldGroup, source: str = "shop") -> Speaker:
    return Speaker(group=group, source=source, kind=Kind.ORDER, source_id=f"{source}-R7K2")


def test_a_group_says_who_told_it_and_how_old_it_is() -> None:
    whole = make_whole()
    assert provenance(whole, whole.order.speakers, ()) == (
        FieldProvenance(
            group=FieldGroup.COMMERCIAL,
            system=SystemKind.COMMERCE,
            source="shop",
            observed_at=NOON,
            age_seconds=120,
            freshness=Freshness.FRESH,
        ),
    )


def test_a_derived_group_is_as_old_as_its_oldest_input() -> None:
    old = make_record("erp", started=NOON - timedelta(hours=1))
    whole = make_whole(None, make_record(), old, landscape=landscape(erp=True))
    (row,) = provenance(whole, (speaker(FieldGroup.LIFECYCLE), speaker(FieldGroup.LIFECYCLE, "erp")), ())
    assert (row.source, row.system, row.age_seconds, row.freshness) == ("erp", SystemKind.ERP, 3720, Freshness.STALE)


def test_a_dead_system_makes_exactly_its_groups_stale() -> None:
    erp = make_record("erp", started=NOON - timedelta(minutes=30))
    whole = make_whole(None, make_record(), erp, landscape=landscape(erp=True))
    rows = provenance(whole, (speaker(FieldGroup.COMMERCIAL), speaker(FieldGroup.INVOICING, "erp")), ())
    assert [(row.group, row.freshness) for row in rows] == [
        (FieldGroup.COMMERCIAL, Freshness.FRESH),
        (FieldGroup.INVOICING, Freshness.STALE),
    ]


def test_each_group_is_judged_by_its_own_target() -> None:
    whole = make_whole(None, make_record(), now=NOON + timedelta(minutes=8))
    rows = provenance(whole, (speaker(FieldGroup.FULFILLMENT), speaker(FieldGroup.COMMERCIAL)), ())
    assert [(row.group, row.freshness) for row in rows] == [
        (FieldGroup.COMMERCIAL, Freshness.STALE),
        (FieldGroup.FULFILLMENT, Freshness.FRESH),
    ]


def test_a_group_in_conflict_says_so() -> None:
    conflict = FieldConflict(path="total", group=FieldGroup.COMMERCIAL, chosen="shop", values=())
    whole = make_whole(make_order(conflicts=(conflict,)))
    rows = provenance(whole, whole.order.speakers, whole.order.conflicts)
    assert [row.in_conflict for row in rows] == [True]


def test_a_speaker_whose_record_is_not_there_is_left_out() -> None:
    whole = make_whole()
    gone = replace(whole.order.speakers[0], source_id="other")
    assert provenance(whole, (gone,), ()) == ()
    assert whole.now == NOW
