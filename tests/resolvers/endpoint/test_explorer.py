from __future__ import annotations

import json
import re

from graphql import parse

from resolvers.endpoint.explorer import Explorer, Tab, tabs_of
from tests.kit.surface import TEXT
from tests.resolvers.endpoint.drive import ask
from tests.resolvers.endpoint.sample import World, app_of

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_browser_gets_the_page_without_a_key_and_a_program_does_not() -> None:
    app, _ = app_of(World())
    page = await ask(app, b"", BROWSER, method="GET")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (await ask(app, b"", {"accept": "*/*"}, method="GET")).status == 401
    assert (await ask(app, b"", {**BROWSER, "content-type": "application/json"})).status == 401


async def test_all_that_the_page_loads_comes_from_the_hub_itself() -> None:
    app, _ = app_of(World())
    page = (await ask(app, b"", BROWSER, method="GET")).body.decode()
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(loaded) == 7
    for path in loaded:
        assert path.startswith("/explorer/")
        asset = await ask(app, b"", {}, method="GET", url=path)
        assert (asset.status, len(asset.body) > 100) == (200, True), path


async def test_the_page_may_run_no_script_of_another_host_and_none_written_into_it() -> None:
    app, _ = app_of(World())
    page = await ask(app, b"", BROWSER, method="GET")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page.body.decode()) == []


async def test_files_outside_the_explorer_are_not_served() -> None:
    app, _ = app_of(World())
    for path in ("/explorer/../../../pyproject.toml", "/explorer/%2e%2e/views.py", "/explorer/nothing.js"):
        assert (await ask(app, b"", {}, method="GET", url=path)).status == 404


def test_each_operation_of_a_document_becomes_a_tab_that_stands_alone() -> None:
    tabs = tabs_of(TEXT)
    assert len(tabs) == 21
    by_name = {re.findall(r"(?:query|mutation|subscription) (\w+)", tab.query)[0]: tab.query for tab in tabs}
    assert by_name["Order360"].count("fragment Copy on SystemPresence") == 1
    assert "fragment" not in by_name["Find"]
    for query in by_name.values():
        parse(query)


def test_tabs_are_written_into_the_page_as_data_that_cannot_close_its_script() -> None:
    query = "{ a } # </script><script>alert(1)</script>"
    page = bytes(Explorer(tabs=[Tab(query=query, variables="{}")]).page().body).decode()
    assert "</script><script>alert" not in page
    settings = re.search(r'id="settings">(.*?)</script>', page)
    assert settings is not None
    assert json.loads(settings[1])["tabs"] == [{"query": query, "variables": "{}"}]
