// The official SDK of Node.js walks all pages of each question and adds up what it reads.
//
//   node walk_officially.mjs PACKAGE.JSON ERRANDS.JSON SUMS.JSON
//
// PACKAGE.JSON is of the folder in which the SDK is installed. The sums are one for each question.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const MOST_PAGES = 100;
const [installed, errands, sums] = process.argv.slice(2);
const { OpenAI } = createRequire(installed)("openai");
const { base_url: baseURL, admin_key: adminAPIKey, questions } = JSON.parse(readFileSync(errands, "utf-8"));
const { usage } = new OpenAI({ apiKey: "unused", adminAPIKey, baseURL, maxRetries: 0 }).admin.organization;

/** Follow all pages of a question, as the SDK's users have to: it does not page by itself here. */
async function* bucketsOf({ operation, arguments: query }) {
  const method = operation.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  if (!(method in usage)) throw new Error("no such method");
  let page = await usage[method](query);
  for (let pages = 1; ; pages++) {
    yield* page.data;
    if (!page.has_more) return;
    if (pages === MOST_PAGES) throw new Error(`more than ${MOST_PAGES} pages`);
    page = await usage[method]({ ...query, page: page.next_page });
  }
}

/** Add up a question's numbers, in the places that it names, such as `amount.value`. */
async function sumsOf(question) {
  const found = { buckets: 0, results: 0, totals: Object.fromEntries(question.places.map((place) => [place, 0])) };
  for await (const bucket of bucketsOf(question)) {
    found.buckets += 1;
    for (const result of bucket.results) {
      found.results += 1;
      for (const place of question.places) {
        found.totals[place] += Number(place.split(".").reduce((node, name) => node?.[name], result) ?? 0);
      }
    }
  }
  return found;
}

const all = [];
for (const question of questions) {
  all.push(await sumsOf(question).catch((error) => ({ failed: error.message })));
}
writeFileSync(sums, JSON.stringify(all));
