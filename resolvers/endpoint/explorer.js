// GraphiQL with a box for the API key. The key lives in this browser tab only and goes out as a bearer credential.
"use strict";
(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const box = document.getElementById("key");
  const state = document.getElementById("key-state");
  const socketUrl = new URL(settings.graph, location.href);
  socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";

  const remembered = () => sessionStorage.getItem("opshub.key") || "";
  const credential = () => (remembered() ? { Authorization: `Bearer ${remembered()}` } : {});

  // Other tabs than last time (a new version, another demo) must not be hidden by what the browser remembers.
  const store = {
    name: (key) => `opshub.${settings.store}.${key}`,
    getItem(key) { return localStorage.getItem(this.name(key)); },
    setItem(key, value) { localStorage.setItem(this.name(key), value); },
    removeItem(key) { localStorage.removeItem(this.name(key)); },
    clear() { localStorage.clear(); },
    get length() { return localStorage.length; },
  };

  const isSubscription = (tree, name) =>
    Boolean(tree) &&
    tree.definitions.some(
      (part) =>
        part.kind === "OperationDefinition" &&
        part.operation === "subscription" &&
        (!name || (part.name && part.name.value === name)),
    );

  function subscribe(request, headers) {
    return {
      subscribe(observer) {
        const sink = typeof observer === "function" ? { next: observer, error: console.error, complete() {} } : observer;
        const client = graphqlWs.createClient({
          url: socketUrl.href,
          connectionParams: { ...credential(), ...headers },
          retryAttempts: 0,
        });
        const stop = client.subscribe(request, sink);
        return { unsubscribe() { stop(); client.dispose(); } };
      },
    };
  }

  async function ask(request, headers) {
    const response = await fetch(settings.graph, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json, application/json",
        ...credential(),
        ...headers,
      },
      body: JSON.stringify(request),
    });
    return response.json();
  }

  function fetcher(request, options) {
    const headers = (options && options.headers) || {};
    const tree = options && options.documentAST;
    return isSubscription(tree, request.operationName) ? subscribe(request, headers) : ask(request, headers);
  }

  let shown = 0;
  function show() {
    state.textContent = remembered() ? "" : "No key: the graph answers 401 until one is entered.";
    ReactDOM.render(
      React.createElement(GraphiQL, {
        key: (shown += 1), // a new key may see another schema: start afresh
        fetcher,
        storage: store,
        defaultTabs: settings.tabs.length ? settings.tabs : undefined,
        isHeadersEditorEnabled: true,
        shouldPersistHeaders: false,
      }),
      document.getElementById("graphiql"),
    );
  }

  box.value = remembered();
  document.getElementById("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem("opshub.key", box.value.trim());
    show();
  });
  show();
})();
