"""The stage tells how its parcels stand."""

from sources.tracking.rehearsal.stage import TrackingStage, stage


async def test_truth_follows_what_is_sent() -> None:
    async with stage() as made:
        assert isinstance(made, TrackingStage)
        parcel = await made.place(1)
        assert (await made.truth(parcel)).status == "LABELED"
        came = await made.letter(parcel, "secret")
        assert (await made.truth(parcel)).status == "SHIPPED"
        assert b'"Quarantined"' in made.respelled(came.body, "SHIPPED", "Quarantined")
        await made.deliver(parcel)
        assert (await made.truth(parcel)).parcels == {parcel: "DELIVERED"}
        assert not await made.send(b"anything")
        assert await made.fault_of(b"anything")
