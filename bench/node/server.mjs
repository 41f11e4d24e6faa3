// The peer: graphql-ws over ws, one async iterator per subscriber, filed by topic. Prints its port, then publishes what
// standard input says, one JSON line {version, orderId, number, status, padding} per event.
import { createInterface } from 'node:readline';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const schema = buildSchema(`
  type Query { ok: Boolean }
  type Order { id: ID! number: String! status: String! version: Int! }
  type OrderEvent {
    cursor: String! kind: String! event: String version: Int occurredAt: String! changedFields: [String!]!
    orderId: ID order: Order
  }
  type Subscription { orderChanged(status: String): OrderEvent! }
`);

// Subscribers by topic; each has a queue, as every async iterator over a publisher must.
const topics = new Map();
const listen = (topic) => {
  const waiting = [];
  const queue = [];
  const push = (event) => (waiting.length ? waiting.shift()({ value: event, done: false }) : queue.push(event));
  const listeners = topics.get(topic) ?? topics.set(topic, new Set()).get(topic);
  listeners.add(push);
  return {
    next: () =>
      queue.length
        ? Promise.resolve({ value: queue.shift(), done: false })
        : new Promise((resolve) => waiting.push(resolve)),
    return: () => {
      listeners.delete(push);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

const roots = { subscription: { orderChanged: ({ status }) => listen(status ?? '*') } };
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql', backlog: 4096 });
useServer({ schema, roots }, server);
server.on('listening', () => console.log(server.address().port));

createInterface({ input: process.stdin }).on('line', (line) => {
  const said = JSON.parse(line);
  const event = {
    cursor: said.padding,
    kind: 'UPDATED',
    event: 'order.updated',
    version: said.version,
    occurredAt: '2026-11-21T12:00:00Z',
    changedFields: ['status'],
    orderId: said.orderId,
    order: { id: said.orderId, number: said.number, status: said.status, version: 1 },
  };
  for (const topic of ['*', said.status])
    for (const push of topics.get(topic) ?? []) push({ orderChanged: event });
});
