// Serves what 'sharewise export' wrote, with the stock package onnxruntime-node.
//
//     node serve.js DIR DOMAIN FILE
//
// FILE holds raw samples of the domain, one after another, as little-endian float64:
// pixels as they are in the image, channel after channel; or the columns that the
// manifest lists under input_columns, NaN where a number is missing, then the codes
// of words. A line is printed for each sample: the class and its probability, the
// labels that apply, or the numbers that are predicted.

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const product = (shape) => shape.reduce((a, b) => a * b, 1);
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// inputs scales raw rows as the model learned them.
function inputs(raw, size, use) {
  if (use.input_rows) throw new Error('this example does not transform whole rows (input_rows)');
  const indicators = use.input_indicators || [];
  const columns = use.input_columns || [];
  const given = size - indicators.length;
  const rows = raw.length / given;
  if (!Number.isInteger(rows)) throw new Error(`${raw.length} numbers are no samples of ${given}`);
  const x = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const sample = Array.from(raw.subarray(row * given, (row + 1) * given));
    const missing = indicators.map((name) => (Number.isNaN(sample[columns.indexOf(name)]) ? 1 : 0));
    if (columns.length > 0) sample.splice(columns.length, 0, ...missing);
    for (let k = 0; k < size; k++) {
      // Statistics are by element, or by channel, which is the first dimension.
      const s = Math.floor((k * use.input_mean.length) / size);
      const value = Number.isNaN(sample[k]) ? use.input_fill[k] : sample[k];
      x[row * size + k] = (value - (use.input_offset ? use.input_offset[s] : 0) - use.input_mean[s]) / use.input_std[s];
    }
  }
  return { x, rows };
}

// answer reads the scores of one sample.
function answer(scores, use) {
  switch (use.task) {
    case 'regression':
      return Array.from(scores, (v, i) => v * use.target_std[i] + use.target_mean[i] + (use.target_offset ? use.target_offset[i] : 0)).join(' ');
    case 'multilabel':
      return use.targets.filter((_, i) => sigmoid(scores[i]) > 0.5).join(' ');
    case 'binary':
      if (scores.length === 1) {
        const p = sigmoid(scores[0]);
        return p > 0.5 ? `${use.classes[1]} ${p}` : `${use.classes[0]} ${1 - p}`;
      }
  }
  const best = scores.indexOf(Math.max(...scores));
  const sum = scores.reduce((a, v) => a + Math.exp(v - scores[best]), 0);
  return `${use.classes[best]} ${1 / sum}`;
}

async function serve(dir, domain, file) {
  const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8'));
  const route = manifest.routes.find((r) => r.domain === domain);
  if (!route) throw new Error(`no model serves ${domain}; there are ${manifest.routes.map((r) => r.domain).join(', ')}`);
  const model = manifest.models.find((m) => m.file === route.model);
  const bytes = fs.readFileSync(path.join(dir, model.file));
  if (crypto.createHash('sha256').update(bytes).digest('hex') !== model.sha256) throw new Error(`${model.file} is not the file of the manifest`);

  const session = await ort.InferenceSession.create(bytes);
  const shape = route.input.shape.slice(1);
  const raw = new Float64Array(new Uint8Array(fs.readFileSync(file)).buffer);
  const { x, rows } = inputs(raw, product(shape), route.use);
  const outputs = await session.run({ [route.input.name]: new ort.Tensor('float32', x, [rows, ...shape]) }, [route.output.name]);
  const scores = outputs[route.output.name].data;
  for (let row = 0; row < rows; row++) {
    console.log(answer(scores.slice((row * scores.length) / rows, ((row + 1) * scores.length) / rows), route.use));
  }
}

const [dir, domain, file] = process.argv.slice(2);
serve(dir, domain, file).catch((e) => {
  console.error(e.message);
  process.exit(1);
});
