"""Tracking events of any carrier or aggregator, posted to `/hooks/{name}` as signed JSON: one event, one delivery.

A source that only pushes: nothing is read, nothing is called. Body and headers are described in `wire`.
Known limits: an event names its parcel by tracking number alone, and carriers use numbers again; it joins a shipment
only while exactly one names that number, and waits otherwise.
"""
