#!/usr/bin/env python3
"""Prints the literal values of nearest_neighbours_test.cpp: scikit-learn's k-nearest-neighbour classifier by brute force.
    python3 make_neighbours_reference.py
"""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

# ---------------------------------------------------------------- eight points on a plane, three queries
points = np.array([[0, 0], [1, 0], [0, 2], [3, 3], [-1, -2], [2, -1], [5, 0], [-3, 1]], float)
labels = np.array([2, 1, 1, 0, 2, 0, 1, 0])
queries = np.array([[0.25, 0.5], [3.0, 1.0], [-2.0, -0.5]])
print("indices, k = 4:", NearestNeighbors(n_neighbors=4, algorithm="brute").fit(points).kneighbors(queries)[1].tolist())
for k in (1, 3, 4, 6):
    found = KNeighborsClassifier(k, algorithm="brute").fit(points, labels).predict(queries)
    print(f"classes, k = {k}:", found.tolist())

# ---------------------------------------------------------------- the digits; test rows are those with index % 5 == 4
digits = load_digits()
X, y = digits.data / 16, digits.target
test = np.arange(len(X)) % 5 == 4
for name, codes in (("pixels", X), ("PCA 8", PCA(8, svd_solver="full").fit(X[~test]).transform(X))):
    for k in (1, 5, 10):
        right = KNeighborsClassifier(k, algorithm="brute").fit(codes[~test], y[~test]).predict(codes[test]) == y[test]
        print(f"{name}, k = {k}: {right.sum()} of {right.size}")
