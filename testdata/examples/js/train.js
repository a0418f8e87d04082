// Trains what 'sharewise model gradient' wrote, with the stock package onnxruntime-node.
//
//     node train.js DIR STEPS RATE INPUT=FILE ...
//
// INPUT is a data or target input of train.onnx, FILE its rows as raw elements.
// Every step takes the next rows, from the start again after the last ones. The
// loss of every step is printed; in the end parameters.bin and optimizer.bin
// hold what was learned, and model.onnx is the trained model.

const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array };

const product = (shape) => shape.reduce((a, b) => a * b, 1);

// elements reads a whole file into an array of its own.
function elements(file, dtype) {
  return new arrays[dtype](new Uint8Array(fs.readFileSync(file)).buffer);
}

async function train(dir, steps, rate, files) {
  const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8'));
  const session = await ort.InferenceSession.create(path.join(dir, manifest.train.file));

  const tensors = {};
  for (const t of manifest.tensors) {
    const all = elements(path.join(dir, t.file), t.dtype);
    tensors[t.name] = new ort.Tensor(t.dtype, all.slice(t.offset / 4, (t.offset + t.bytes) / 4), t.shape);
  }
  const data = {};
  for (const input of manifest.train.inputs) {
    if (input.role === 'data' || input.role === 'target') {
      if (!files[input.name]) throw new Error(`there is no file for input ${input.name}`);
      data[input.name] = elements(files[input.name], input.dtype);
    }
  }

  for (let step = 1; step <= steps; step++) {
    const feeds = { ...tensors };
    for (const input of manifest.train.inputs) {
      const n = product(input.shape);
      if (input.role === 'loss_weights') feeds[input.name] = new ort.Tensor('float32', [1], input.shape);
      if (input.role === 'learning_rate') feeds[input.name] = new ort.Tensor('float32', [rate], input.shape);
      if (input.role === 'step') feeds[input.name] = new ort.Tensor('float32', [step], input.shape);
      if (data[input.name]) {
        const at = ((step - 1) * n) % data[input.name].length;
        feeds[input.name] = new ort.Tensor(input.dtype, data[input.name].slice(at, at + n), input.shape);
      }
    }
    const outputs = await session.run(feeds);
    for (const output of manifest.train.outputs) {
      if (output.feeds) tensors[output.feeds] = outputs[output.name];
      if (output.role === 'losses') console.log(outputs[output.name].data[0]);
    }
  }
  save(dir, manifest, tensors);
}

// save writes every tensor to where the manifest has it, and renames the files:
// whoever has model.onnx open keeps the old ones.
function save(dir, manifest, tensors) {
  for (const name of new Set(manifest.tensors.map((t) => t.file))) {
    const bytes = fs.readFileSync(path.join(dir, name));
    for (const t of manifest.tensors) {
      const { data } = tensors[t.name];
      if (t.file === name) bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), t.offset);
    }
    fs.writeFileSync(path.join(dir, `${name}.tmp`), bytes);
    fs.renameSync(path.join(dir, `${name}.tmp`), path.join(dir, name));
  }
}

const [dir, steps, rate, ...pairs] = process.argv.slice(2);
const files = Object.fromEntries(pairs.map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]));
train(dir, Number(steps), Number(rate), files).catch((e) => {
  console.error(e.message);
  process.exit(1);
});
