"""What rules I1-I4 and I10 let pass of orders that enter through the hub, and what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.crash.judge.entering import (
    faithful_orders,
    living,
    no_ghost_order,
    no_lost_order,
    no_second_document,
    one_order_a_key,
)
from tests.crash.judge.evidence import CreateRow, Entered, Evidence, Phase, Stored, Submitted

UNITS = (("MUG", 2),)
ASKED = Submitted(tenant="acme", client="rep", key="k", note="s", units=UNITS, operation="op-1", order="H1")
ROW = Entered(tenant="acme", id="op-1", client="rep", key="k", note="s", units=UNITS, entity="e-1", order="H1")
MADE = CreateRow(
    tenant="acme", id="d-1", role="erp", command_id="op-1", reference="H1", state="DONE", attempts=1, units=UNITS
)
SALE = Stored(tenant="acme", role="erp", source_id="7", reference="H1", state="processing", units=UNITS)
GOOD = Evidence(submitted=(ASKED,), entered=(ROW,), creates=(MADE,), stored=(SALE,))
RULES = (no_lost_order, no_second_document, faithful_orders, one_order_a_key, no_ghost_order)


def test_an_order_that_was_accepted_and_made_once_breaks_nothing() -> None:
    assert [list(rule(GOOD)) for rule in RULES] == [[], [], [], [], []]
    assert living(GOOD.entered) == {"e-1"}


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (replace(GOOD, entered=(), creates=()), "accepted s (k) is not in the store"),
        (replace(GOOD, entered=(replace(ROW, note="other"),)), "is stored as other"),
        (replace(GOOD, entered=(replace(ROW, order=""),)), "was told the number H1, the order is not there"),
        (replace(GOOD, creates=()), "s was never meant for the ERP"),
        (replace(GOOD, creates=(replace(MADE, state="UNKNOWN"),)), "ends in UNKNOWN after 1 attempts"),
    ],
)
def test_an_accept_that_is_lost_or_stands_still_is_noticed(seen: Evidence, words: str) -> None:
    assert words in " ".join(no_lost_order(seen))


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ((SALE, replace(SALE, source_id="8")), "H1: 2 documents at the erp"),
        ((replace(SALE, reference="H2"),), "H1: DONE, and nothing is at the erp"),
        ((replace(SALE, state="draft"),), "H1: DONE, and the sale is draft"),
    ],
)
def test_a_document_is_there_once_and_binding(stored: tuple[Stored, ...], words: str) -> None:
    assert list(no_second_document(replace(GOOD, stored=stored))) == [words]


def test_a_document_with_other_lines_is_noticed() -> None:
    other = replace(GOOD, stored=(replace(SALE, units=(("MUG", 4),)),))
    assert list(faithful_orders(other)) == ["s asked for (('MUG', 2),), the ERP has (('MUG', 4),)"]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (replace(ASKED, order="H2", replayed=True), "is several orders"),
        (replace(ASKED, note="other", replayed=True), "was accepted with two payloads"),
        (ASKED, "was answered as new more than once"),
        (replace(ASKED, phase=Phase.FAIL, began=2.0, codes=("INVALID",)), "was accepted, and then refused"),
        (replace(ASKED, phase=Phase.FAIL, codes=("IDEMPOTENCY_KEY_REUSED",)), "was refused as reused"),
    ],
)
def test_one_key_is_one_order(second: Submitted, words: str) -> None:
    assert words in " ".join(one_order_a_key(replace(GOOD, submitted=(replace(ASKED, ended=1.0), second))))


def test_what_nobody_asked_for_is_a_ghost() -> None:
    assert list(no_ghost_order(replace(GOOD, submitted=(replace(ASKED, phase=Phase.FAIL),)))) == [
        "order s is in the store under the key 'k' and was not accepted"
    ]
    tried = replace(GOOD, entered=(ROW, replace(ROW, id="op-2", key="", entity="e-2")))
    assert list(no_ghost_order(tried)) == ["order s is in the store under the key '' and was not accepted"]
    stranger = replace(SALE, source_id="9", reference="X")
    assert list(no_ghost_order(replace(GOOD, stored=(SALE, stranger)))) == [
        "the erp has 9 of X, which nobody asked for"
    ]
    assert list(no_ghost_order(replace(GOOD, stored=(SALE, stranger), typed=frozenset({"X"})))) == []
