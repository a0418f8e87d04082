"""Plants mistakes in MNIST and Fashion-MNIST, and says what became of them.

  plant.py plant DATA OUT      writes OUT/labels (5 % of MNIST's training labels turned),
                               OUT/images and OUT/image-labels (Fashion-MNIST with copies of
                               3 % as many test images among the training images) and OUT/planted.json
  plant.py judge OUT SPLITS SUSPECTS
                               precision and recall among the training samples that
                               'sharewise dataset splits' lists
"""
import csv, gzip, json, random, struct, sys


def idx(path):
    data = gzip.open(path).read()
    dims = data[3]
    return data[: 4 + 4 * dims], bytearray(data[4 + 4 * dims:])


def plant(data, out):
    chance = random.Random(1)
    head, labels = idx(data + "/mnist/train-labels-idx1-ubyte.gz")
    turned = sorted(chance.sample(range(len(labels)), len(labels) // 20))
    for i in turned:
        labels[i] = (labels[i] + chance.randrange(1, 10)) % 10
    open(out + "/labels", "wb").write(head + bytes(labels))
    _, images = idx(data + "/fashion-mnist/train-images-idx3-ubyte.gz")
    _, labels = idx(data + "/fashion-mnist/train-labels-idx1-ubyte.gz")
    _, tests = idx(data + "/fashion-mnist/t10k-images-idx3-ubyte.gz")
    _, test_labels = idx(data + "/fashion-mnist/t10k-labels-idx1-ubyte.gz")
    size, copies = 28 * 28, sorted(chance.sample(range(len(labels)), len(labels) * 3 // 100))
    for i in copies:
        k = chance.randrange(10000)
        image = bytearray(tests[k * size:(k + 1) * size])
        for p in range(size):  # a copy that was stored once more, with losses
            image[p] = min(255, max(0, image[p] + chance.choice((-2, -1, 0, 0, 0, 1, 2))))
        images[i * size:(i + 1) * size] = image
        labels[i] = test_labels[k]
    n = len(labels)
    open(out + "/images", "wb").write(struct.pack(">IIII", 0x803, n, 28, 28) + bytes(images))
    open(out + "/image-labels", "wb").write(struct.pack(">II", 0x801, n) + bytes(labels))
    json.dump({"mnist": turned, "fashion": copies}, open(out + "/planted.json", "w"))


def judge(out, splits, suspects):
    planted = {d: set(v) for d, v in json.load(open(out + "/planted.json")).items()}
    train = {d: set() for d in planted}
    for row in csv.DictReader(open(splits)):
        if row["split"] == "train" and row["domain"] in train:
            train[row["domain"]].add(int(row["sample"]))
    found = {d: set() for d in planted}
    for s in json.load(open(suspects))["suspects"]:
        kind = "label" if s["domain"] == "mnist" else "copy"
        if s["split"] == "train" and s["domain"] in found and s["reason"].startswith(kind):
            found[s["domain"]].add(s["sample"])
    for d in planted:
        there = planted[d] & train[d]
        hit = there & found[d]
        print(f"{d}: {len(train[d])} training samples, {len(there)} planted, {len(found[d])} listed, "
              f"precision {len(hit) / max(1, len(found[d])):.2f}, recall {len(hit) / max(1, len(there)):.2f}")


if __name__ == "__main__":
    {"plant": plant, "judge": judge}[sys.argv[1]](*sys.argv[2:])
