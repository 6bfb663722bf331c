// Grades answers with the tests of MDN's HTTP Observatory. It reads a JSON list from standard input, each
//   {url, status, headers, body, redirect: {status, location}, preflight: {status, headers}}
// (headers by lower-case names, each a list) and writes [{url, grade, score, tests: {name: {result, modifier, pass}}}].
import { existsSync, writeFileSync } from "node:fs";
import { AxiosHeaders } from "axios";
import { CookieJar } from "tough-cookie";

const home = new URL("node_modules/@mdn/mdn-http-observatory/", import.meta.url);
// The hosts that browsers preload, which its installation would download: this one is not among them.
const preload = new URL("conf/hsts-preload.json", home);
if (!existsSync(preload)) writeFileSync(preload, "{}");

const from = (path) => import(new URL(`src/${path}`, home));
const { ALL_TESTS } = await from("constants.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await from("grader/charts.js");
const { getGradeForScore, getScoreModifier } = await from("grader/grader.js");
const { parseHttpEquivHeaders } = await from("retriever/utils.js");
const { Requests } = await from("types.js");

/** What the Observatory's own retriever would have collected. */
function collected(page) {
  const url = new URL(page.url);
  const plain = new URL(page.url.replace("https:", "http:"));
  const requests = new Requests(url.hostname);
  const answer = { status: page.status, headers: new AxiosHeaders(page.headers), data: page.body, verified: true };
  answer.httpEquiv = parseHttpEquivHeaders(page.body, page.url);
  const jar = new CookieJar();
  for (const cookie of page.headers["set-cookie"] ?? []) jar.setCookieSync(cookie, page.url);
  Object.assign(requests.responses, {
    auto: answer,
    https: answer,
    http: answer,
    cors: { ...page.preflight, headers: new AxiosHeaders(page.preflight.headers), verified: true },
    httpRedirects: [{ url: plain, status: page.redirect.status }],
  });
  if (page.redirect.location) {
    requests.responses.httpRedirects.push({ url: new URL(page.redirect.location, plain), status: page.status });
  }
  requests.resources.path = page.body;
  requests.session = { jar, url };
  return requests;
}

/** As scan() of the Observatory adds the scores up. */
function graded(page) {
  const requests = collected(page);
  const tests = {};
  let [plain, extra] = [100, 100];
  for (const test of ALL_TESTS) {
    const output = test(requests);
    const modifier = getScoreModifier(output.result);
    extra += modifier;
    plain += Math.min(0, modifier);
    tests[output.constructor.name] = { result: output.result, modifier, pass: output.pass };
  }
  const { score, grade } = getGradeForScore(plain >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? extra : plain);
  return { url: page.url, grade, score, tests };
}

let given = "";
for await (const piece of process.stdin) given += piece;
process.stdout.write(JSON.stringify(JSON.parse(given).map(graded)));
