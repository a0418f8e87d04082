# Figures of clusters that scikit-learn and SciPy find in small matrices, for
# reference.json: python3 reference.py > reference.json
import json

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import AgglomerativeClustering, SpectralClustering
from sklearn.metrics import adjusted_rand_score, silhouette_score


def first(labels):
    number = {}
    return [number.setdefault(int(c), len(number)) for c in labels]


cases = []
for seed, sizes, noise in [(1, [3, 3], 0.05), (2, [4, 3, 2], 0.08), (3, [5, 5, 5], 0.1), (4, [8, 6, 4, 2], 0.1), (5, [10], 0.1), (6, [12, 12, 6], 0.12)]:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    n = len(labels)
    m = np.where(labels[:, None] == labels[None, :], 0.2, -0.1) + noise * rng.normal(size=(n, n))
    m = m.round(4)
    np.fill_diagonal(m, 0)
    a = (m + m.T) / 2
    off = ~np.eye(n, dtype=bool)
    d = np.where(off, a[off].max() - a, 0)
    case = {'matrix': m.tolist(), 'planted': first(labels), 'k': max(2, len(sizes)), 'linkages': {}}
    k = case['k']
    for by in ['average', 'complete', 'single']:
        z = linkage(squareform(d, checks=False), by)
        cut = first(AgglomerativeClustering(k, metric='precomputed', linkage=by).fit_predict(d))
        case['linkages'][by] = {'heights': z[:, 2].tolist(), 'cut': cut, 'silhouette': silhouette_score(d, cut, metric='precomputed')}
    # Ward's linkage of points whose squared distances are c - A, with the smallest c.
    j = np.eye(n) - 1 / n
    # Eigenvalues on the vectors that add up to zero, by a basis of them.
    basis = np.linalg.svd(j)[0][:, :n - 1]
    c = -np.linalg.eigvalsh(basis.T @ (a * off) @ basis).min()
    gram = -0.5 * j @ np.where(off, c - a, 0) @ j
    values, vectors = np.linalg.eigh(gram)
    points = vectors * np.sqrt(values.clip(0))
    case['linkages']['ward'] = {'heights': linkage(points, 'ward')[:, 2].tolist(), 'cut': first(AgglomerativeClustering(k, linkage='ward').fit_predict(points)), 'constant': float(c)}
    # The weights of Spectral.
    pairs = np.sort(a[np.tril_indices(n, -1)])
    deviation = np.sort(np.abs(pairs - pairs[len(pairs) // 2]))
    scale = max(1.4826 * deviation[len(pairs) // 2], pairs.std() / 4)
    w = np.where(off, np.exp((a - pairs[-1]) / scale).clip(1e-6), 0)
    degree = w.sum(axis=1)
    laplacian = np.eye(n) - w / np.sqrt(np.outer(degree, degree))
    spectral = SpectralClustering(k, affinity='precomputed', random_state=0, n_init=20).fit_predict(w)
    case['spectral'] = {'eigenvalues': np.linalg.eigvalsh(laplacian).tolist(), 'cut': first(spectral)}
    case['agreement'] = adjusted_rand_score(case['linkages']['single']['cut'], labels)
    cases.append(case)
print(json.dumps(cases))
