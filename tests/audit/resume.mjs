// Published clients that are dropped and resume: node resume.mjs BRIEF. Speaks as `tests.soak.crowd` does: `ready`, then
// takes a file of last changes and one for results, and says who is late. Each connection goes through a gate that cuts
// it from time to time; the hubs are killed from outside.
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { createClient as overEvents } from 'graphql-sse';
import { createClient as overSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { resuming } from './resuming.mjs';

globalThis.WebSocket ??= WebSocket; // as browsers have it
const { scale, hubs, wishes } = JSON.parse(readFileSync(process.argv[2]));
const FIELDS = ['orderId', 'shipmentId', 'returnId'];
const LINGER = 1000; // milliseconds in which what comes twice would come
const seconds = () => performance.timeOrigin && Number(process.hrtime.bigint()) / 1e9;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const position = (cursor) => JSON.parse(Buffer.from(cursor, 'base64url').subarray(16)).position;
const local = (id) => Buffer.from(id, 'base64url').toString().split(':').slice(2).join(':');

// Between a client and the hubs: each new connection goes to the other hub, and is cut after a while.
let calm = false;
const gate = (opened) =>
  new Promise((resolve) => {
    let turn = 0;
    const server = net.createServer((inside) => {
      const hub = hubs[turn++ % hubs.length];
      opened(hub);
      const outside = net.connect(new URL(hub).port, '127.0.0.1');
      const cut = () => (inside.destroy(), outside.destroy());
      const timer = setTimeout(() => calm || cut(), 1000 * scale.life * (0.5 + Math.random()));
      for (const [one, other] of [[inside, outside], [outside, inside]])
        one.pipe(other).on('error', cut), one.on('error', cut), one.on('close', () => (clearTimeout(timer), cut()));
    });
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}/graphql`));
  });

const patient = { retryAttempts: 1000, retryWait: () => sleep(200), retry: () => sleep(200) };
const ws = (url, headers) =>
  resuming(overSocket({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: headers, ...patient, shouldRetry: () => true }));

// How each client is told to listen: (url, headers, document, variables, next) begins.
const listening = {
  'graphql-ws': (url, headers, query, variables, sink) => ws(url, headers).subscribe({ query, variables }, sink),
  'graphql-sse': (url, headers, query, variables, sink) =>
    resuming(overEvents({ url, headers, ...patient })).subscribe({ query, variables }, sink),
  apollo: (url, headers, query, variables, sink) =>
    new ApolloClient({ link: new GraphQLWsLink(ws(url, headers)), cache: new InMemoryCache() })
      .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
      .subscribe(sink),
  urql: (url, headers, query, variables, sink) => {
    const client = ws(url, headers);
    const forwardSubscription = (request) => ({
      subscribe: (heard) => ({ unsubscribe: client.subscribe({ ...request, query: request.query ?? '' }, heard) }),
    });
    new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })], preferGetMethod: false })
      .subscription(query, variables)
      .subscribe((result) => (result.error ? sink.error(result.error) : sink.next(result)));
  },
};

const begun = async (wish) => {
  const told = { name: wish.name, parts: [], held: {}, begins: null, checkpoints: 0 };
  let part;
  const opened = (hub) => {
    part = { hub, began: seconds(), after: told.place ?? null, got: [], codes: [], ended: 0, how: '' };
    told.parts.push(part);
  };
  const next = ({ data, errors }) => {
    part.codes.push(...(errors ?? []).map((one) => one.extensions?.code ?? one.message));
    const event = data && Object.values(data)[0];
    if (!event) return;
    told.place = position(event.cursor);
    const id = FIELDS.map((name) => event[name]).find(Boolean);
    if (event.kind === 'SNAPSHOT') told.held[local(id)] = event.version;
    else if (event.kind === 'SNAPSHOT_END') told.begins = position(event.cursor);
    else if (event.kind === 'CHECKPOINT') told.checkpoints += 1;
    else {
      part.got.push([local(id), event.version, event.kind, event.event, event.merged, position(event.cursor), null]);
    }
  };
  const error = (failed) => part.codes.push(`ended: ${failed.message ?? JSON.stringify(failed)}`);
  const complete = () => part.codes.push('ended: complete');
  const headers = { authorization: `Bearer ${wish.key}` };
  const client = wish.name.split('/')[0];
  listening[client](await gate(opened), headers, wish.document, wish.variables, { next, error, complete });
  return told;
};

const all = await Promise.all(wishes.map(begun));
while (!all.every((told) => told.begins !== null)) await sleep(20);
console.log('ready');
const given = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const lasts = JSON.parse(readFileSync((await given.next()).value));
const results = (await given.next()).value;
calm = true;
const until = seconds() + scale.patience;
const has = (told) => told.place >= (lasts[told.name] ?? 0);
while (!all.every(has) && seconds() < until) await sleep(50);
await sleep(LINGER);
writeFileSync(results, JSON.stringify(all));
console.log(all.filter((one) => !has(one)).map((told) => told.name).join(' '));
process.exit(0);
