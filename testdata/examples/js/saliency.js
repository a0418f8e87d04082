// Computes the gradient of class scores by the images that they are the scores
// of, with the stock package onnxruntime-web, as a page in a browser would.
//
//     sharewise model gradient vit.onnx --wrt image --cotangents --batch 2 -o DIR
//     node saliency.js DIR IMAGES OUT CLASS ...
//
// IMAGES are raw float32 numbers, CLASS is the class of every image in turn; OUT
// gets the gradient, of the shape of the images.

const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-web');

async function saliency(dir, images, out, classes) {
  ort.env.wasm.numThreads = 1;
  const { gradient } = JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8'));
  const session = await ort.InferenceSession.create(fs.readFileSync(path.join(dir, gradient.file)));

  const feeds = {};
  for (const input of gradient.inputs) {
    let values;
    if (input.role === 'data') {
      values = new Float32Array(new Uint8Array(fs.readFileSync(images)).buffer);
    } else {
      // One row per image, which picks the score of its class.
      values = new Float32Array(input.shape[0] * input.shape[1]);
      classes.forEach((c, row) => (values[row * input.shape[1] + c] = 1));
    }
    feeds[input.name] = new ort.Tensor('float32', values, input.shape);
  }
  const outputs = await session.run(feeds);
  const { name } = gradient.outputs.find((o) => o.role === 'gradient');
  fs.writeFileSync(out, new Uint8Array(outputs[name].data.buffer, outputs[name].data.byteOffset, outputs[name].data.byteLength));
}

const [dir, images, out, ...classes] = process.argv.slice(2);
saliency(dir, images, out, classes.map(Number)).then(
  () => process.exit(0),
  (e) => {
    console.error(e.message);
    process.exit(1);
  },
);
