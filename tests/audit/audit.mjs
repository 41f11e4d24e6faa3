// The graphql-http audit: node audit.mjs URL KEY. Ends with 1 unless every audit is ok.
import { auditServer } from 'graphql-http';

const [url, key] = process.argv.slice(2);
const authorization = `Bearer ${key}`;
const fetchFn = (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, authorization } });

const results = await auditServer({ url, fetchFn });
const failed = results.filter((result) => result.status !== 'ok');
for (const { id, status, name, reason } of failed) console.log(`${id} ${status}: ${name}: ${reason}`);
console.log(`graphql-http audit: ${results.length - failed.length} of ${results.length} ok`);
process.exit(failed.length ? 1 : 0);
