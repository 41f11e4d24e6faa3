// A client of graphql-ws or graphql-sse that asks for what follows the last event it had, whenever it asks again.
export const resuming = (client) => ({
  ...client,
  subscribe(payload, sink, on) {
    const asked = { ...payload, variables: { ...payload.variables } };
    const next = (result) => {
      const [event] = Object.values(result.data ?? {});
      if (event?.cursor) asked.variables.after = event.cursor;
      sink.next(result);
    };
    return client.subscribe(asked, { ...sink, next }, on);
  },
});
