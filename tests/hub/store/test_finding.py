from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from hub.call import Call
from hub.model.finding import LONGEST
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store import finding, tables
from hub.store.finding import (
    BEGINS,
    EXACT,
    NORMALISED,
    FoundIdentifier,
    Wanted,
    customer_of_account,
    find_identifiers,
    follow,
)
from hub.store.store import Store
from tests.kit.orders import Kept, keep_alone, keep_order, keep_rows, make_customer, make_order, make_shipment
from tests.kit.pg import Superuser

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")


async def found(serving: Store, wanted: Wanted, account: str | None = None) -> list[FoundIdentifier]:
    async with serving.glance(CALL) as tx:
        return list(await find_identifiers(tx, "acme", account, wanted))


async def test_exact_stands_before_normalised_before_beginnings(store: Store, serving: Store) -> None:
    for number in ("PO-77", "po 77", "PO-7781", "OTHER"):
        po = Identifier(scheme=IdentifierScheme.PO_NUMBER, value=number)
        await keep_order(store, Kept(order=make_order(number, identifiers=(po,))))
    both = await found(serving, Wanted(value="PO-77", begins=True))
    assert [(one.value, one.how) for one in both] == [("PO-77", EXACT), ("po 77", NORMALISED), ("PO-7781", BEGINS)]
    assert [one.value for one in await found(serving, Wanted(value="PO-77"))] == ["PO-77", "po 77"]


async def test_a_parcel_leads_to_its_orders(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order("A1"), members={Kind.SHIPMENT: [make_shipment("1")]}))
    await keep_order(store, Kept(order=make_order("B2")))
    await keep_alone(store, Kind.SHIPMENT, make_shipment("2", order_ids=("order-A1", "order-B2")))
    by_scheme = Wanted(value="2", scheme=IdentifierScheme.WMS_SHIPMENT)
    assert [one.orders for one in await found(serving, by_scheme)] == [("order-A1", "order-B2")]
    assert [one.orders for one in await found(serving, Wanted(value="1", source="wms"))] == [("order-A1",)]


async def test_a_customer_leads_to_his_newest_orders(store: Store, serving: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    for number in range(12):
        await keep_order(store, Kept(order=make_order(f"N{number:02}", customer_id="customer-ACME")))
    (one,) = await found(serving, Wanted(value="acme", kinds=(Kind.CUSTOMER,)))
    assert one.orders == tuple(f"order-N{number:02}" for number in range(11, 1, -1))


async def test_a_confined_caller_finds_his_own_alone(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order("A1"), account="acme/north"))
    assert len(await found(serving, Wanted(value="A1"), "acme")) == 1
    assert await found(serving, Wanted(value="A1"), "acme/n") == []
    assert await found(serving, Wanted(value="A1"), "acme/north/deeper") == []


async def test_too_long_or_nothing_fits_nothing(serving: Store) -> None:
    assert await found(serving, Wanted(value="x" * (LONGEST + 1))) == []


async def test_redirects_are_followed_and_end(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order("A1")))
    for old, target in (("o1", "order-A1"), ("o2", "o1"), ("loop", "loop")):
        row = {"kind": "ORDER", "id": old, "root_id": old, "redirect_to": target, "doc": {}}
        await keep_rows(store, tables.entity, row)
    keys = [(Kind.ORDER, one) for one in ("o2", "order-A1", "loop", "nobody")]
    async with serving.glance(CALL) as tx:
        assert await follow(tx, "acme", None, keys) == {keys[0]: "order-A1", keys[1]: "order-A1"}


async def test_the_customer_of_an_account(store: Store, serving: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer(), account="acme")
    async with serving.glance(CALL) as tx:
        said = await customer_of_account(tx, "acme", "acme")
        assert said is not None
        assert '"ACME Corp"' in said
        assert await customer_of_account(tx, "acme", "acme/north") is None


async def test_what_only_begins_so_is_sought_by_index_whatever_the_plan_was_made_for(
    store: Store, serving: Store
) -> None:
    """A prepared statement does not know the text: `like` and `^@` would read every identifier of the tenant."""
    async with serving.shard(CALL) as tx:
        for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off"):
            await tx.connection.exec_driver_sql(f"set local {setting}")
        asked = "select from identifier e where e.tenant = $1 and e.normalised ~>~ $2 and e.normalised ~<~ $3"
        await tx.connection.exec_driver_sql(f"prepare sought(text, text, text) as {asked}")
        plan = (await tx.connection.exec_driver_sql("explain execute sought('acme', 'po', 'pp')")).scalars().all()
    assert any("Index Cond" in line and "~>~" in line and "~<~" in line for line in plan), plan


async def test_the_orders_of_a_paper_are_sought_by_index_however_many_orders_there_are(
    serving: Store, superuser: Superuser
) -> None:
    await superuser.execute(
        "insert into hub.entity (tenant, kind, id, root_id, version, root_version, doc, updated_at)"
        " select 'acme', 'ORDER', n::text, n::text, 1, 1, '{}', now() from generate_series(1, 2000) n"
    )
    await superuser.execute("analyze hub.entity")
    made = finding._STATEMENT.compile(dialect=PGDialect_asyncpg())  # type: ignore[no-untyped-call]  # noqa: SLF001
    async with serving.shard(CALL) as tx:
        await tx.connection.exec_driver_sql("set local plan_cache_mode = force_generic_plan")
        await tx.connection.exec_driver_sql(f"prepare sought as {made}")
        nothing = ", ".join("null" for _ in made.positiontup or ())
        plan = (await tx.connection.exec_driver_sql(f"explain execute sought({nothing})")).scalars().all()
    assert any("root_id = e.root_id" in line and "Index Cond" in line for line in plan), plan
    assert any("id = named.id" in line and "Index Cond" in line for line in plan), plan


async def test_beginnings_come_after_what_fits_and_in_the_order_of_their_text(store: Store, serving: Store) -> None:
    for number in ("PO-12", "po-1", "PO-1", "PO-11", "PX-1", "PO-1Ω"):
        await keep_order(store, Kept(order=make_order(number)))
    values = [(one.value, one.how) for one in await found(serving, Wanted(value="PO-1", begins=True, size=5))]
    assert values == [("PO-1", EXACT), ("po-1", NORMALISED), ("PO-11", BEGINS), ("PO-12", BEGINS), ("PO-1Ω", BEGINS)]
    narrowed = await found(serving, Wanted(value="PO-1", begins=True, size=3))
    assert [one.value for one in narrowed] == ["PO-1", "po-1", "PO-11"]
