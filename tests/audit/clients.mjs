// Published clients against a hub: node clients.mjs URL KEY SUBSCRIPTION. Ends with 1 on the first that misbehaves.
import assert from 'node:assert/strict';
import { Client, fetchExchange } from '@urql/core';
import { createClient as overEvents } from 'graphql-sse';
import { createClient as overSocket } from 'graphql-ws';
import WebSocket from 'ws';

const [url, key, subscription] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}` };
const socket = (credential) =>
  overSocket({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: credential,
    retryAttempts: 0,
  });

// Everything one operation says: values, then 'complete' or the error.
const heard = (client, query, most = Infinity) =>
  new Promise((resolve) => {
    const said = [];
    const stop = client.subscribe(
      { query },
      {
        next(value) {
          said.push(value);
          if (said.length >= most) resolve(said) ?? stop();
        },
        error: (error) => resolve([...said, error]),
        complete: () => resolve([...said, 'complete']),
      },
    );
  });

const codeOf = (said) => (Array.isArray(said) ? said : said.errors)[0].extensions.code;

for (const [name, client] of [
  ['graphql-sse', overEvents({ url, headers, retryAttempts: 0 })],
  ['graphql-ws', socket(headers)],
]) {
  const query = await heard(client, '{ __typename }');
  assert.deepEqual(query, [{ data: { __typename: 'Query' } }, 'complete'], `${name}: a query`);
  for (const [document, code] of [
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 'GRAPHQL_PARSE_FAILED'],
  ])
    assert.equal(codeOf((await heard(client, document))[0]), code, `${name}: ${document}`);
  const [event] = await heard(client, subscription, 1);
  assert.equal(typeof Object.values(event.data)[0].cursor, 'string', `${name}: a subscription`);
  console.log(`${name}: query, errors, subscription ok`);
}

const [refused] = await heard(socket({ authorization: 'Bearer nobody' }), '{ __typename }');
assert.equal(refused.code, 4401, 'graphql-ws: a wrong key');
console.log('graphql-ws: a wrong key closes with 4401');

const urql = new Client({ url, exchanges: [fetchExchange], fetchOptions: { headers }, fetchSubscriptions: true, preferGetMethod: false });
const answer = await urql.query('{ __typename }', {}).toPromise();
assert.equal(answer.data?.__typename, 'Query', `urql: ${answer.error}`);
await new Promise((resolve, reject) => {
  urql.subscription(subscription, {}).subscribe(({ data, error }) => (data ? resolve(data) : reject(error)));
});
console.log('urql: query and subscription over fetch ok');
process.exit(0);
