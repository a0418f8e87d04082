// Computes the point figures of `sharewise compare` from Parquet loss tables in
// DuckDB, and prints them as JSON with the seconds of the query:
//
//   node columns.mjs DIR [THREADS] [MEMORY]
//
// DIR holds the folders independent and joint of `go run ./testdata/peers/columns`;
// seeds count from 1 and are the same on both sides. THREADS is 2 and MEMORY
// DuckDB's own limit unless given, such as 1GB. Needs @duckdb/node-api from npm, which node looks for
// beside this file and in the folders of NODE_PATH.
//
// Figures by domain, over pairs of runs of different seeds: accuracy and mean loss
// of both sides, raw flips in both directions, their floor, the excess over it,
// and S, the mean squared change of a sample's probability to be right. One pass
// by sample, one word of outcomes a side, then one by domain.
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api');
const [dir, threads = '2', memory = ''] = process.argv.slice(2);
const side = (arm, bits) => `
  SELECT domain, sample, ${bits} AS side, CASE WHEN correct THEN 1::UBIGINT << (seed - 1)::UBIGINT ELSE 0 END AS bit, loss
  FROM read_parquet('${dir}/${arm}/*.parquet')`;
const query = `
WITH rows AS (${side('independent', 0)} UNION ALL ${side('joint', 1)}),
samples AS (
  SELECT domain, sample,
    sum(bit) FILTER (side = 0)::UBIGINT AS a, sum(bit) FILTER (side = 1)::UBIGINT AS b,
    count(*) FILTER (side = 0) AS ka, count(*) FILTER (side = 1) AS kb,
    sum(loss::DOUBLE) FILTER (side = 0) AS la, sum(loss::DOUBLE) FILTER (side = 1) AS lb
  FROM rows GROUP BY domain, sample),
counts AS (
  SELECT domain, ka, kb, bit_count(a)::BIGINT AS a, bit_count(b)::BIGINT AS b, bit_count(a & b)::BIGINT AS alike, la, lb
  FROM samples),
terms AS (
  SELECT domain, a / ka AS p, b / kb AS q, la / ka AS la, lb / kb AS lb,
    ((ka - a) * b - (b - alike)) / (ka * kb - ka) AS up,
    (a * (kb - b) - (a - alike)) / (ka * kb - ka) AS down,
    (a * (ka - a) / (ka * (ka - 1)) + b * (kb - b) / (kb * (kb - 1))) / 2 AS floor
  FROM counts)
SELECT domain, count(*)::DOUBLE AS samples, avg(p) AS accuracy_independent, avg(q) AS accuracy_arm,
  avg(la) AS loss_independent, avg(lb) AS loss_arm, avg(q) - avg(p) AS delta,
  avg(up) AS raw_transfer, avg(down) AS raw_interference, avg(floor) AS floor,
  avg(up) - avg(floor) AS excess_transfer, avg(down) - avg(floor) AS excess_interference,
  avg(up) + avg(down) - 2 * avg(floor) AS s
FROM terms GROUP BY domain ORDER BY domain`;

const instance = await DuckDBInstance.create(':memory:', { threads, ...(memory && { memory_limit: memory }) });
const connection = await instance.connect();
const start = process.hrtime.bigint();
const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const version = (await connection.runAndReadAll('SELECT version() AS v')).getRowObjectsJson()[0].v;
console.log(JSON.stringify({ duckdb: version, threads: Number(threads), seconds, rows }, null, 1));
